import { isRecord } from "../../../src/index.js";
import { bodyOf, memberOf, shownAnswer } from "../attempts.js";
import { bypassed, failed, passed, type TargetCheck, type TargetSuite } from "../check.js";
import { watched } from "../witness.js";

const walkThrough: TargetCheck = {
  id: "http-execute-valid",
  title: "runs a command that was approved, and answers with its output",
  requirements: ["EXE-01"],
  twin: true,
  needs: [],
  run: async (target) => {
    const { command, output } = target.config.commands.allowed;
    const granted = await target.grant(command);
    const answer = await target.execute(bodyOf(granted), granted.token);
    const { status, json } = answer;
    if (status !== 200 || !isRecord(json)) return failed(`expected 200: ${shownAnswer(answer)}`);
    if (json.success !== true) return failed(`expected success: true: ${shownAnswer(answer)}`);
    if (json.output !== output) return failed(`expected the output ${JSON.stringify(output)}: ${shownAnswer(answer)}`);
    const id = json.execution_id;
    return typeof id === "string" && id !== "" ? passed : failed(`it names no execution_id: ${shownAnswer(answer)}`);
  },
};

const ids: TargetCheck = {
  id: "http-execute-ids",
  title: "gives every execution an id of its own",
  requirements: ["EXE-01"],
  twin: true,
  needs: [],
  run: async (target) => {
    const { command } = target.config.commands.allowed;
    const given = new Set<unknown>();
    for (let count = 0; count < 2; count++) {
      const granted = await target.grant(command);
      given.add(memberOf(await target.execute(bodyOf(granted), granted.token), "execution_id"));
    }
    return given.size === 2 && !given.has(undefined) ? passed : failed("two executions have one id, or none");
  },
};

const failing: TargetCheck = {
  id: "http-execute-failing",
  title: "answers a command that fails with success: false, its exit code and its standard error",
  requirements: ["EXE-13"],
  twin: true,
  needs: ["failing"],
  run: async (target) => {
    const { failing: known, allowed } = target.config.commands;
    const { command, exit_code, stderr } = known ?? { command: allowed.command, exit_code: 1, stderr: "" };
    const granted = await target.grant(command);
    const answer = await target.execute(bodyOf(granted), granted.token);
    const { json } = answer;
    if (!isRecord(json) || json.success !== false) return failed(`expected success: false: ${shownAnswer(answer)}`);
    if (json.exit_code !== exit_code) return failed(`expected the exit code ${exit_code}: ${shownAnswer(answer)}`);
    const says = typeof json.stderr === "string" && json.stderr.includes(stderr);
    return says ? passed : failed(`expected ${JSON.stringify(stderr)} in stderr: ${shownAnswer(answer)}`);
  },
};

const witnessed: TargetCheck = {
  id: "http-execute-witness",
  title: "runs the command that refused attempts are made with: that it leaves nothing there shows something",
  requirements: ["EXE-01"],
  twin: true,
  needs: [],
  run: async (target) => {
    const granted = await target.grant();
    const { runs, answers } = await watched(target.observers, async () => [
      await target.execute(bodyOf(granted), granted.token),
    ]);
    const [answer] = answers;
    if (answer?.status !== 200) return failed(`expected 200: ${answer === undefined ? "" : shownAnswer(answer)}`);
    return runs === 1 ? passed : failed(`expected one run, and saw ${runs}`);
  },
};

const recorded: TargetCheck = {
  id: "http-execute-recorded",
  title: "records what it ran and what it refused, to be read by an auditor",
  requirements: ["EXE-09"],
  twin: true,
  needs: ["executions", "person:auditor"],
  run: async (target) => {
    const granted = await target.grant(target.config.commands.allowed.command);
    const ran = await target.execute(bodyOf(granted), granted.token);
    const refused = await target.execute(bodyOf(granted), granted.token);
    for (const [answer, decided] of [
      [ran, "allow"],
      [refused, "deny"],
    ] as const) {
      const id = memberOf(answer, "execution_id");
      if (typeof id !== "string") return failed(`it names no execution_id: ${shownAnswer(answer)}`);
      const headers = { authorization: `Bearer ${await target.bearer("auditor")}` };
      const entry = await target.ask({ method: "GET", path: `/executions/${id}`, headers });
      const intent = memberOf(entry, "intent");
      if (entry.status !== 200 || !isRecord(intent)) return failed(`nothing is recorded of it: ${shownAnswer(entry)}`);
      if (intent.approval_id !== granted.approval_id) return failed(`not of this approval: ${shownAnswer(entry)}`);
      if (decided === "allow" && !isRecord(memberOf(entry, "end"))) return failed(`no end: ${shownAnswer(entry)}`);
    }
    return passed;
  },
};

const idempotent: TargetCheck = {
  id: "http-execute-idempotent",
  title: "gives the same answer to the same idempotency key, token and body, and runs once",
  requirements: ["EXE-04"],
  twin: true,
  needs: ["idempotency"],
  run: async (target) => {
    const granted = await target.grant();
    const key = { "idempotency-key": Buffer.from(target.random.bytes(9)).toString("hex") };
    const once = () => target.execute(bodyOf(granted), granted.token, key);
    const { answers, runs } = await watched(target.observers, async () => [await once()]);
    const { effects, answers: later } = await watched(target.observers, async () => [await once()]);
    if (runs !== 1) return failed(`the first ran ${runs} times: ${answers.map(shownAnswer).join("; ")}`);
    if (effects > 0) return bypassed("the second ran again");
    const isSame = answers[0]?.text === later[0]?.text;
    return isSame ? passed : failed(`another answer: ${later.map(shownAnswer).join("; ")}`);
  },
};

const streamed: TargetCheck = {
  id: "http-execute-events",
  title: "streams output as server-sent events, and ends with the answer",
  requirements: ["EXE-01"],
  twin: true,
  needs: ["events"],
  run: async (target) => {
    const { command } = target.config.commands.allowed;
    const granted = await target.grant(command);
    const answer = await target.execute(bodyOf(granted), granted.token, { accept: "text/event-stream" });
    const isStream = answer.headers["content-type"]?.startsWith("text/event-stream") === true;
    const ends = /(?:^|\n)event: end\ndata: \{.*"success":true.*\}\n/.test(answer.text);
    return isStream && ends ? passed : failed(`no stream that ends: ${shownAnswer(answer)}`);
  },
};

/** What a gateway does with a good request. */
export const executeSuite: TargetSuite = {
  file: "conformance/target/checks/execute.ts",
  checks: [walkThrough, ids, witnessed, failing, recorded, idempotent, streamed],
};
