import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { listFiles } from "../../../conformance/hygiene/list-files.js";
import { documentText, packetScope, parsePacket, validatePacket } from "../../../conformance/packet/index.js";
import { completePacket } from "../../../conformance/packet/testdata/wp-1-mex-safety-gates.js";
import { isInForce, loadSpecs } from "../../../conformance/spec/index.js";
import { packageRoot } from "../../host/index.js";
import { formatProblem } from "../../model/index.js";
import type { Terminal } from "../terminal.js";
import { runTestPlan } from "./run-test-plan.js";
import { scanScope } from "./scan-scope.js";

const quiet: Terminal = {
  out: () => undefined,
  note: () => undefined,
  progress: () => undefined,
  paint: (_, text) => text,
  json: false,
  colour: false,
};

/** The place of the code below each marker or METADATA that cites an id: `FILE:ROW`. */
async function citedLines(root: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const files = (await listFiles(root)).filter((file) => /^(?:src|conformance|policies)\/.*\.(?:ts|rego)$/.test(file));
  for (const file of files.filter((one) => !/test|attacks/.test(one))) {
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    for (const [index, line] of lines.entries()) {
      if (!/^\s*(?:\*|#|\/\*\*).*(?:@requirement|requirements:)/.test(line)) continue;
      const below = lines.findIndex((text, at) => at > index && !/^\s*(?:\*|#|\/|$)/.test(text));
      for (const [id] of line.matchAll(/MEX-\d+/g)) if (below !== -1) found.set(id, `${file}:${below + 1}`);
    }
  }
  return found;
}

// Cites nothing: it reads this repository's own lines, which mutation rewrites, so it would fail before any is broken.
describe("WP-1-MEX-Safety-Gates, against this repository", () => {
  it("fails with exactly the rows that are not in force as gaps, and with nothing else", async () => {
    const root = packageRoot();
    const config = {
      root,
      schema: "lockkeeper/config/v1" as const,
      specs: "specs",
      reports: "reports",
      evidence: { roots: ["src"], ignore: [] },
      hygiene: { ignore: ["**/testdata/**"] },
    };
    const parsed: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const version = typeof parsed === "object" && parsed !== null && "version" in parsed ? String(parsed.version) : "";
    const spec = { root, specCurrent: "specs/requirements/mex.yaml", roadmap: [], mainBody: [], version };
    const board = "conformance/packet/testdata/task-board.md";
    const settings = { folder: dirname(board), task_board: board, spec_current: spec.specCurrent };
    const repository = { config, settings, spec };
    const cited = await citedLines(root);
    const text = completePacket({
      anchor: "MEX-01..MEX-20",
      spec: spec.specCurrent,
      codex: "docs/ARCHITECTURE.md",
      board,
      open: [spec.specCurrent, "policies/main/request.rego", "src/gate/gate.ts"],
      tests: ["test -f policies/main/request.rego", "grep -c obligations src/gate/gate.ts"],
      evidence: [...cited].map(([id, place]) => `${id} -> ${place}`).sort(),
    });
    const file = "WP-1-MEX-Safety-Gates.md";
    const packet = parsePacket(documentText(Buffer.from(text), file).text, file);
    const files = await listFiles(root);
    const validation = await validatePacket({
      id: "WP-1-MEX-Safety-Gates",
      packet,
      spec,
      board,
      today: "2026-11-21",
      listFiles: async () => files.filter((one) => one.startsWith("src/")),
      scan: async (scope) => {
        const { findings, waiverFaults, problems } = await scanScope(repository, scope, "2026-11-21", false);
        return { findings, faults: [...waiverFaults, ...problems.map(formatProblem)] };
      },
      // What the two commands need: copying all of it would be a test of the disk.
      runTests: (commands) =>
        runTestPlan(repository, commands, ["policies/main/request.rego", "src/gate/gate.ts"], "WP-1-MEX", quiet),
      progress: () => undefined,
    });
    const specs = loadSpecs(join(root, "specs"));
    if (!specs.ok) throw new Error("the specification cannot be loaded");
    const withheld = specs.value.requirements.filter((item) => item.id.startsWith("MEX-") && !isInForce(item, version));
    expect(validation.findings.map(({ rule, message }) => `${rule} ${message}`)).toEqual(
      withheld.map(({ id, since }) => `SPEC-GAP ${id}: in force from ${since}`),
    );
    expect(validation.verdict).toBe(withheld.length === 0 ? "PASS" : "FAIL");
    expect(validation.stages.filter(({ state }) => state !== "pass").map(({ name }) => name)).toEqual(
      withheld.length === 0 ? [] : ["requirements"],
    );
    expect(packetScope(packet, validation.files_checked)).toEqual(validation.files_checked);
  });
});
