import { describe, expect, it } from "vitest";
import type { PacketFinding, PacketRule } from "./packet-rules.js";
import { judgeRisks } from "./risk-map.js";
import { packetOf, packetText } from "./testdata/packet-world.js";

const finding = (rule: PacketRule, message = "x"): PacketFinding => ({ rule, message, file: "p.md" });
const map = packetOf(packetText()).fields.get("BOOTSTRAP.RISK_MAP");
const trueOnes = (...findings: readonly PacketFinding[]) =>
  judgeRisks(map, findings)
    .filter(({ came_true }) => came_true)
    .map(({ risk, rules }) => `${risk}: ${rules.join(" ")}`);

/** @requirement MEX-19 */
describe("the risk map", () => {
  it("tells of each risk what is done and that it did not come true", () => {
    expect(judgeRisks(map, [])).toEqual([
      { risk: "spec mismatch", action: "validate SPEC_CURRENT", watched: true, came_true: false, rules: [] },
      { risk: "placeholder evidence", action: "block", watched: true, came_true: false, rules: [] },
      { risk: "forbidden pattern", action: "scan", watched: true, came_true: false, rules: [] },
      { risk: "too slow", action: "measure", watched: false, came_true: false, rules: [] },
    ]);
  });

  it("names the risks that came true, by the rules that told", () => {
    expect(trueOnes(finding("SPEC-CURRENT"), finding("SPEC-ANCHOR"), finding("SPEC-ANCHOR"))).toEqual([
      "spec mismatch: SPEC-ANCHOR SPEC-CURRENT",
    ]);
    expect(trueOnes(finding("SPEC-POINTER"), finding("SPEC-EMPTY"))).toEqual([
      "spec mismatch: SPEC-EMPTY SPEC-POINTER",
    ]);
    expect(trueOnes(finding("EVIDENCE-NOT-CODE"))).toEqual(["placeholder evidence: EVIDENCE-NOT-CODE"]);
    expect(trueOnes(finding("HYGIENE-FINDING"))).toEqual(["forbidden pattern: HYGIENE-FINDING"]);
    const placeholder = finding("CX-573-PLACEHOLDER", "EVIDENCE_MAPPING still holds the template's words");
    expect(trueOnes(placeholder)).toEqual(["placeholder evidence: CX-573-PLACEHOLDER"]);
  });

  it("takes no other finding for one of them", () => {
    expect(trueOnes(finding("CX-573-EMPTY", "EVIDENCE_MAPPING is empty"))).toEqual([]);
    expect(trueOnes(finding("CX-573-PLACEHOLDER", "not EVIDENCE_MAPPING"))).toEqual([]);
    const others = [finding("SPEC-GAP"), finding("TEST-FAILED"), finding("BOARD-MISMATCH"), finding("CX-573-MISSING")];
    expect(trueOnes(...others, finding("CX-573-PLACEHOLDER", "SCOPE.WHY still holds the template's words"))).toEqual(
      [],
    );
  });

  it("watches the three also where the map leaves them out", () => {
    const watched = [
      { risk: "spec mismatch", action: "SPEC_CURRENT and the anchors are validated" },
      { risk: "placeholder evidence", action: "later stages are blocked" },
      { risk: "forbidden pattern", action: "the packet's scope is scanned" },
    ];
    expect(judgeRisks(undefined, [])).toMatchObject(watched);
    expect(judgeRisks(undefined, [finding("HYGIENE-FINDING")]).at(-1)?.came_true).toBe(true);
  });

  it("may name several actions, quotes within a risk, and stand in code", () => {
    const line = (text: string) => ({ text, row: 1 });
    const code = [line(""), line("a 'b' c-->x==>y | z"), line('" too slow "')];
    expect(judgeRisks({ name: "BOOTSTRAP.RISK_MAP", row: 1, lines: [], code }, []).slice(0, -3)).toMatchObject([
      { risk: "a 'b' c", action: "x, y, z" },
      { risk: "too slow", action: "" },
    ]);
  });

  it.each(["“spec mismatch” → “look”", '"Spec Mismatch" => "look"', "anchor is stale | look"])(
    "may be written %s",
    (line) => {
      const field = { name: "BOOTSTRAP.RISK_MAP", row: 1, lines: [{ text: line, codes: [], row: 1 }], code: [] };
      const [risk, ...more] = judgeRisks(field, [finding("SPEC-ANCHOR")]);
      expect(risk).toMatchObject({ action: "look", watched: true, came_true: true });
      expect(more).toHaveLength(2);
    },
  );
});
