import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PacketWorld, packetOf, packetText, packetWorld, validationOf } from "./testdata/packet-world.js";
import { completePacket, incompletePacket, repositoryWithoutGates } from "./testdata/wp-1-mex-safety-gates.js";
import { packetScope, type Validation, type ValidationInput, validatePacket } from "./validate-packet.js";

let world: PacketWorld;
beforeAll(() => {
  world = packetWorld();
});
afterAll(() => world[Symbol.dispose]());

/** The stages as `name: state (reason)`. */
function stagesOf({ stages }: Validation): string[] {
  return stages.map(({ name, state, reason }) => `${name}: ${state}${reason === undefined ? "" : ` (${reason})`}`);
}
const validate = (parts: Parameters<typeof packetText>[0], more: Partial<ValidationInput> = {}) =>
  validatePacket(validationOf(world.root, packetText(parts), more));
const rulesOf = ({ findings }: Validation) => findings.map(({ rule }) => rule);

/** @requirement MEX-13, MEX-15, MEX-16, MEX-18 */
describe("a validation", () => {
  it("passes a packet that is complete, met, clean and tested", async () => {
    const asked: string[] = [];
    const validation = await validate(
      {},
      {
        progress: (line) => asked.push(line),
        scan: async (files) => {
          asked.push(`scan ${files.join(" ")}`);
          return { findings: [], faults: [] };
        },
      },
    );
    expect(validation).toMatchObject({
      packet: { id: "WP-1", file: "docs/packets/WP-1.md", status: "In Progress" },
      date: "2026-11-21",
      verdict: "PASS",
      returned_to: null,
      spec: { file: "docs/spec-v2.md", anchor: "§7.6.3.10", sections: ["§11.8", "§6.3.0"] },
      files_checked: ["src/gate.ts", "src/grants.ts"],
      searches: [{ term: "grants", hits: 4, files: 2, places: ["src/gate.ts:2", "src/grants.ts:1"] }],
      findings: [],
      hygiene: { scope: ["src", "src/gate.ts", "src/grants.ts"], findings: [] },
      tests: {
        runs: [
          { command: "grep -c grants src/gate.ts", row: 21, outcome: "exited", exit_code: 0 },
          { command: "test -f src/grants.ts", row: 22 },
        ],
      },
      notes: [],
    });
    expect(validation.requirements.map(({ id, evidence }) => `${id} ${evidence.join(" ")}`)).toEqual([
      "§11.8/1 src/grants.ts:1",
      "GATE-2 src/gate.ts:4",
      "GATE-1 src/gate.ts:7",
      "§6.3.0/2 src/gate.ts:4-8",
    ]);
    expect(stagesOf(validation)).toEqual([
      "pre-flight: pass",
      "anchor: pass",
      "requirements: pass",
      "evidence: pass",
      "hygiene: pass",
      "tests: pass",
      "task board: pass",
    ]);
    expect(validation.reason).toMatch(/^all 4 requirements are met/);
    expect(asked).toEqual(["pre-flight", "hygiene: 3 paths", "scan src src/gate.ts src/grants.ts"]);
  });

  it("runs nothing after a failed pre-flight, and returns the packet", async () => {
    const ran: string[] = [];
    const never = (name: string) => async () => {
      ran.push(name);
      throw new Error("not to be reached");
    };
    const validation = await validate(
      { signature: "**USER_SIGNATURE:** <pending>" },
      { scan: never("scan"), runTests: never("tests") },
    );
    expect(ran).toEqual([]);
    expect(validation).toMatchObject({ verdict: "FAIL", returned_to: "Ready for Dev", requirements: [], tests: null });
    expect(rulesOf(validation)).toEqual(["CX-573-SIGNATURE"]);
    expect(stagesOf(validation)).toEqual([
      "pre-flight: fail",
      "anchor: not run (blocked by pre-flight failure)",
      "requirements: not run (blocked by pre-flight failure)",
      "evidence: not run (blocked by pre-flight failure)",
      "hygiene: not run (blocked by pre-flight failure)",
      "tests: not run (blocked by pre-flight failure)",
      "task board: pass",
    ]);
    expect(validation.reason).toBe(
      "pre-flight failed with 1 finding; not run: anchor, requirements, evidence, hygiene, tests (blocked by pre-flight failure)",
    );
  });

  it("says that TEST_PLAN is missing where it is, or names no command", async () => {
    for (const tests of [null, "## TEST_PLAN\nRun the tests.", "## TEST_PLAN\n```\n# none\n```"]) {
      const validation = await validate({ tests });
      expect([validation.verdict, stagesOf(validation)[5]]).toEqual(["FAIL", "tests: not run (TEST_PLAN missing)"]);
    }
  });

  it("stops at an anchor that leads nowhere", async () => {
    const scope = "## SCOPE\n- What: a\n- Why: b\n- SPEC_ANCHOR: §99";
    const validation = await validate({ scope });
    expect(rulesOf(validation)).toEqual(["SPEC-ANCHOR"]);
    expect(stagesOf(validation).slice(1, 6)).toEqual([
      "anchor: fail",
      "requirements: not run (blocked by spec mismatch)",
      "evidence: not run (blocked by spec mismatch)",
      "hygiene: not run (blocked by spec mismatch)",
      "tests: not run (blocked by spec mismatch)",
    ]);
    expect(validation.risks.filter(({ came_true }) => came_true).map(({ risk }) => risk)).toEqual(["spec mismatch"]);
  });

  it("stops at placeholder evidence, and names the risk", async () => {
    const evidence = "## EVIDENCE_MAPPING\n- GATE-1 -> src/gate.ts:1\n- GATE-2 -> src/gate.ts:4";
    const validation = await validate({ evidence });
    expect(rulesOf(validation)).toEqual(["SPEC-GAP", "SPEC-GAP", "SPEC-GAP", "EVIDENCE-NOT-CODE"]);
    expect(stagesOf(validation).slice(1, 6)).toEqual([
      "anchor: pass",
      "requirements: fail",
      "evidence: fail",
      "hygiene: not run (blocked by placeholder evidence)",
      "tests: not run (blocked by placeholder evidence)",
    ]);
    expect(validation.risks.filter(({ came_true }) => came_true).map(({ risk }) => risk)).toEqual([
      "placeholder evidence",
    ]);
  });

  it("fails where only the roadmap's own bullets are met, and still runs what can be run", async () => {
    const evidence = "## EVIDENCE_MAPPING\n- ROAD-1 -> src/gate.ts:4";
    const validation = await validate({ evidence });
    expect(validation.verdict).toBe("FAIL");
    expect(rulesOf(validation)).toEqual(["SPEC-GAP", "SPEC-GAP", "SPEC-GAP", "SPEC-GAP"]);
    expect(validation.notes).toEqual(["row 47: “ROAD-1” is no requirement of the sections that count"]);
    expect(stagesOf(validation).slice(2, 6)).toEqual([
      "requirements: fail",
      "evidence: pass",
      "hygiene: pass",
      "tests: pass",
    ]);
    expect(validation.reason).toBe("requirements failed with 4 findings; 4 of 4 requirements are gaps");
  });

  it("fails by one gap alone", async () => {
    const evidence = "## EVIDENCE_MAPPING\n- GATE-1, GATE-2, §11.8/1 -> src/gate.ts:4";
    const validation = await validate({ evidence });
    expect(validation.findings).toEqual([
      { rule: "SPEC-GAP", message: "§6.3.0/2: no evidence", file: "docs/spec-v2.md", row: 8 },
    ]);
    expect(validation.verdict).toBe("FAIL");
  });

  it("fails by a forbidden pattern, unless it is waived", async () => {
    const finding = {
      rule: "hygiene/eval",
      file: "src/gate.ts",
      row: 7,
      message: "eval",
      why: "runs text",
      fix: "parse it",
    };
    const validation = await validate({}, { scan: async () => ({ findings: [finding], faults: ["W-1 expired"] }) });
    expect(validation.findings).toEqual([
      { rule: "HYGIENE-FINDING", message: "hygiene/eval: eval", file: "src/gate.ts", row: 7, hint: "parse it" },
      { rule: "HYGIENE-FINDING", message: "W-1 expired", file: "docs/packets/WP-1.md" },
    ]);
    expect([validation.verdict, stagesOf(validation)[4]]).toEqual(["FAIL", "hygiene: fail"]);
    expect(validation.risks.filter(({ came_true }) => came_true).map(({ risk }) => risk)).toEqual([
      "forbidden pattern",
    ]);
    const waived = { ...finding, waived: "W-1" };
    const passed = await validate({}, { scan: async () => ({ findings: [waived], faults: [] }) });
    expect([passed.verdict, passed.hygiene.findings]).toEqual(["PASS", [waived]]);
  });

  it("fails by a test that fails, takes too long, or is refused", async () => {
    const isolation = (await validate({})).tests?.isolation;
    if (isolation === undefined) throw new Error("the tests did not run");
    const run = { row: 21, exit_code: null, stdout: "", stderr: "", violations: [] };
    const validation = await validate(
      {},
      {
        runTests: async () => ({
          isolation,
          runs: [
            { ...run, command: "a", outcome: "exited", exit_code: 1 },
            { ...run, command: "b", outcome: "output_limit" },
            { ...run, command: "c", outcome: "refused", violations: ["command/not_allowed: no", "x: y"] },
            { ...run, command: "d", outcome: "exited", exit_code: 0 },
          ],
        }),
      },
    );
    const file = "docs/packets/WP-1.md";
    expect(validation.findings).toEqual([
      { rule: "TEST-FAILED", message: "a: exit code 1", file, row: 21 },
      { rule: "TEST-FAILED", message: "b: output limit", file, row: 21 },
      { rule: "TEST-REFUSED", message: "c: command/not_allowed: no; x: y", file, row: 21 },
    ]);
    expect([validation.verdict, stagesOf(validation)[5]]).toEqual(["FAIL", "tests: fail"]);
  });

  it("fails by a task board that does not follow", async () => {
    const metadata = "- TASK_ID: WP-1\n- ROLE: Coder\n- STATUS: Done";
    const validation = await validate({ metadata });
    expect([validation.verdict, rulesOf(validation), stagesOf(validation)[6]]).toEqual([
      "FAIL",
      ["BOARD-MISMATCH"],
      "task board: fail",
    ]);
  });

  it("never passes what was not run", async () => {
    const validation = await validate({}, { scan: null, runTests: null });
    expect([validation.verdict, validation.findings]).toEqual(["FAIL", []]);
    expect(stagesOf(validation).slice(4, 6)).toEqual([
      "hygiene: not run (a check scans nothing)",
      "tests: not run (a check runs nothing)",
    ]);
    expect(validation.reason).toBe("not run: hygiene, tests (a check scans nothing; a check runs nothing)");
  });

  it("runs at most fifty commands: those in code, comments aside, in the order they stand", async () => {
    const tests =
      "## TEST_PLAN\n- first `echo one` then `no command`\n- by hand\n```sh\n# why\n$ echo two\n\necho three\n```\n- `echo four`";
    const { tests: ran } = await validate({ tests });
    expect(ran?.runs.map(({ command, row }) => `${command}@${row}`)).toEqual([
      "echo one@20",
      "echo two@24",
      "echo three@26",
      "echo four@28",
    ]);
    const many = `## TEST_PLAN\n\`\`\`\n${"echo x\n".repeat(60)}\`\`\``;
    expect((await validate({ tests: many })).tests?.runs).toHaveLength(50);
  });
});

/** @requirement MEX-11 */
describe("the scope of a packet", () => {
  it("is IN_SCOPE_PATHS and the files of its evidence, each once", () => {
    const scope =
      "## SCOPE\n- What: a\n- Why: b\n- SPEC_ANCHOR: §6\n- IN_SCOPE_PATHS:\n  - ./src/\n  - lib/inner./deep/\n  - `a.ts` and `b.ts`\n  - c (all)\n  - [folder or file]";
    expect(packetScope(packetOf(packetText({ scope })), ["src/gate.ts", "a.ts"])).toEqual([
      "a.ts",
      "b.ts",
      "c",
      "lib/inner./deep",
      "src",
      "src/gate.ts",
    ]);
    const none = "## SCOPE\n- What: a\n- Why: b\n- SPEC_ANCHOR: §6";
    expect(packetScope(packetOf(packetText({ scope: none })), [])).toEqual([]);
  });
});

describe("WP-1-MEX-Safety-Gates", () => {
  const id = "WP-1-MEX-Safety-Gates";
  const given = {
    anchor: "§7.6.3.10",
    spec: "docs/spec.md",
    codex: "docs/CODEX.md",
    board: "docs/TASK_BOARD.md",
    open: ["docs/spec.md", "src/mex/gates.ts"],
    tests: ["test -s src/mex/gates.ts"],
    evidence: [
      "MEX-GUARD -> src/mex/gates.ts:1",
      "MEX-CONTAINER -> src/mex/gates.ts:2",
      "MEX-PROVENANCE -> src/mex/provenance.ts:1",
      "§11.8/2 -> src/mex/provenance.ts:2",
    ],
  };

  /** @requirement MEX-13 */
  it("left half written fails its pre-flight, with the signature pending and nothing run", async () => {
    using gates = packetWorld(repositoryWithoutGates);
    const validation = await validatePacket({ ...validationOf(gates.root, incompletePacket), id });
    expect(validation).toMatchObject({ verdict: "FAIL", returned_to: "Ready for Dev", tests: null, requirements: [] });
    expect(validation.findings.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      "CX-573-MISSING TEST_PLAN is missing",
      "CX-573-MISSING RISK_TIER.RATIONALE is missing",
      "CX-573-MISSING BOOTSTRAP.SEARCH_TERMS is missing",
      "CX-573-MISSING BOOTSTRAP.RUN_COMMANDS is missing",
      "CX-573-PLACEHOLDER DONE_MEANS still holds the template's words",
      "CX-573-PLACEHOLDER EVIDENCE_MAPPING still holds the template's words",
      "CX-573-SIGNATURE USER_SIGNATURE is pending",
    ]);
    expect(stagesOf(validation)).toEqual([
      "pre-flight: fail",
      "anchor: not run (blocked by pre-flight failure)",
      "requirements: not run (blocked by pre-flight failure)",
      "evidence: not run (blocked by pre-flight failure)",
      "hygiene: not run (blocked by pre-flight failure)",
      "tests: not run (TEST_PLAN missing)",
      "task board: pass",
    ]);
    expect(validation.risks.filter(({ came_true }) => came_true).map(({ risk }) => risk)).toEqual([
      "placeholder evidence",
    ]);
  });

  /** @requirement MEX-15, MEX-18 */
  it("complete, but without an implementation, fails because the gates are absent", async () => {
    using gates = packetWorld(repositoryWithoutGates);
    const validation = await validatePacket({ ...validationOf(gates.root, completePacket(given)), id });
    expect(validation.verdict).toBe("FAIL");
    expect(validation.requirements.map(({ id: one, gap }) => `${one}: ${gap}`)).toEqual([
      "MEX-GUARD: no evidence",
      "MEX-CONTAINER: no evidence",
      "MEX-PROVENANCE: no evidence",
      "§11.8/2: no evidence",
    ]);
    expect(
      validation.findings.filter(({ rule }) => rule !== "SPEC-GAP").map(({ rule, message }) => `${rule} ${message}`),
    ).toEqual([
      "EVIDENCE-ABSENT MEX-GUARD: src/mex/gates.ts is empty",
      "EVIDENCE-ABSENT MEX-CONTAINER: src/mex/gates.ts is empty",
      "EVIDENCE-NOT-CODE MEX-PROVENANCE: row 1 of src/mex/provenance.ts is a comment",
      "EVIDENCE-ABSENT §11.8/2: row 2 is past the last row of src/mex/provenance.ts, 1",
    ]);
    expect(stagesOf(validation)).toEqual([
      "pre-flight: pass",
      "anchor: pass",
      "requirements: fail",
      "evidence: fail",
      "hygiene: not run (no implementation exists)",
      "tests: not run (no implementation exists)",
      "task board: pass",
    ]);
  });

  it("complete and implemented passes", async () => {
    using gates = packetWorld({
      ...repositoryWithoutGates,
      "src/mex/gates.ts": "export const guard = (granted: boolean) => granted;\nexport const container = () => true;\n",
      "src/mex/provenance.ts": "export const record = (by: string) => by;\nexport const shape = { approved_by: 1 };\n",
    });
    const validation = await validatePacket({ ...validationOf(gates.root, completePacket(given)), id });
    expect([validation.verdict, validation.findings]).toEqual(["PASS", []]);
  });
});
