import { describe, expect, it } from "vitest";
import { noIsolation } from "../../src/index.js";
import { type PlannedCommand, plannedCommands, runPlan } from "./test-plan.js";
import { packetOf, packetText } from "./testdata/packet-world.js";

const isolation = noIsolation;

/** Runs the plan of a packet, and says what came of it and which commands were asked for. */
async function run(tests: string | null, block?: string) {
  const asked: PlannedCommand[] = [];
  const result = await runPlan(packetOf(packetText({ tests })).fields.get("TEST_PLAN"), block, async (commands) => {
    asked.push(...commands);
    const runs = commands.map((one) => {
      return { ...one, outcome: "exited" as const, exit_code: 0, stdout: "out\n", stderr: "", violations: [] };
    });
    return { isolation, runs };
  });
  return { asked: asked.map(({ command, row }) => `${command}@${row}`), result };
}
const plan = "## TEST_PLAN\n- first `echo one` then `no command`\n- by hand\n```sh\n# why\n$ echo two\n```";

/** @requirement MEX-13, MEX-16 */
describe("a test plan", () => {
  it("is run: its commands as they stand, and what they wrote is kept", async () => {
    const { asked, result } = await run(plan);
    expect(asked).toEqual(["echo one@20", "echo two@24"]);
    expect(result).toEqual({
      isolation,
      runs: [
        { command: "echo one", row: 20, outcome: "exited", exit_code: 0, stdout: "out\n", stderr: "", violations: [] },
        { command: "echo two", row: 24, outcome: "exited", exit_code: 0, stdout: "out\n", stderr: "", violations: [] },
      ],
    });
  });

  it("holds the code of a packet's lines and blocks, in their order, comments and prompts aside", () => {
    const field = {
      name: "TEST_PLAN",
      row: 1,
      lines: [
        { text: "last", codes: [" echo five ", "echo never"], row: 9 },
        { text: "first", codes: ["echo one #"], row: 2 },
        { text: "by hand", codes: [], row: 3 },
      ],
      code: ["# why", "$  echo two", "   ", "  echo $ three", "$(x)"].map((text, at) => ({ text, row: 4 + at })),
    };
    expect(plannedCommands(field)).toEqual([
      { command: "echo one #", row: 2 },
      { command: "echo two", row: 5 },
      { command: "echo $ three", row: 7 },
      { command: "$(x)", row: 8 },
      { command: "echo five", row: 9 },
    ]);
  });

  it("is run up to its fiftieth command", async () => {
    const { asked } = await run(`## TEST_PLAN\n\`\`\`\n${"echo x\n".repeat(51)}\`\`\``);
    expect([asked.length, asked.at(-1)]).toEqual([50, "echo x@70"]);
  });

  it.each([null, "## TEST_PLAN\nRun the tests.", "## TEST_PLAN\n```\n# none\n```"])(
    "is missing as %j",
    async (tests) => {
      expect(await run(tests)).toEqual({ asked: [], result: { reason: "TEST_PLAN missing" } });
      expect(await run(tests, "blocked")).toEqual({ asked: [], result: { reason: "TEST_PLAN missing" } });
    },
  );

  it("is not run behind a blocked stage, nor where nothing may run", async () => {
    expect(await run(plan, "blocked by gaps")).toEqual({ asked: [], result: { reason: "blocked by gaps" } });
    const field = packetOf(packetText({ tests: plan })).fields.get("TEST_PLAN");
    expect(await runPlan(field, undefined, null)).toEqual({ reason: "a check runs nothing" });
  });
});
