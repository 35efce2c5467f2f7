import { describe, expect, it } from "vitest";
import { decodeJob, encodeJob, isEnded, isReady, type Job, jobIn } from "./job.js";

const job: Job = {
  file: "/usr/bin/bwrap",
  args: ["a", "größe"],
  argv0: "bwrap",
  cwd: "/",
  env: {},
  ownGroup: false,
  user: null,
  descriptors: [{ kind: "pipe", length: 3 }, { kind: "report" }, { kind: "bytes", length: 0 }],
  group: { memoryBytes: 1, processes: 2 },
  wallMs: 3,
  cpuMs: 4,
  outputBytes: 5,
  stdinBytes: 2,
};

describe("a job", () => {
  it("comes out as it went in, with its blobs", () => {
    const blobs = [Buffer.from("abc"), Buffer.alloc(0), Buffer.from("in")];
    expect(decodeJob(encodeJob(job, blobs))).toEqual({ job, blobs });
    const without = { ...job, stdinBytes: null };
    expect(decodeJob(encodeJob(without, blobs.slice(0, 2)))).toEqual({ job: without, blobs: blobs.slice(0, 2) });
  });

  it("is refused where its blobs are not as long as it says, or it is no job", () => {
    expect(() => decodeJob(encodeJob(job, [Buffer.from("abc")]))).toThrow("other bytes");
    expect(() => decodeJob(encodeJob(job, [Buffer.from("abcinx")]))).toThrow("other bytes");
    const text = Buffer.from("{}");
    expect(() => decodeJob(Buffer.concat([Buffer.from([2, 0, 0, 0]), text]))).toThrow("no envelope");
  });
});

// @requirement MEX-06
describe("the envelope of a job", () => {
  const schema = "lockkeeper/job/v1";

  it("is opened where its version is ours and every field is right", () => {
    expect(jobIn({ schema, job })).toBe(job);
    const user = {
      ...job,
      user: { uid: 1, gid: 2 },
      stdinBytes: null,
      env: { PATH: "/bin" },
      descriptors: [],
      args: [],
    };
    expect(jobIn({ schema, job: user })).toBe(user);
  });

  it.each([
    null,
    "job",
    [],
    job,
    { job },
    { schema: "lockkeeper/job/v2", job },
    { schema: ["lockkeeper/job/v1"], job },
  ])("of another version, or none, is refused: %j", (value) => {
    expect(() => jobIn(value)).toThrow("no envelope of lockkeeper/job/v1");
  });

  it.each([undefined, null, "job", [job]])("without a job is refused: %j", (value) => {
    expect(() => jobIn({ schema, job: value })).toThrow("an envelope without a job");
  });
});

describe("what a spawner tells", () => {
  it("is told apart from anything else", () => {
    expect([{ cause: null, failure: "" }, {}, null, "ended"].map(isEnded)).toEqual([true, false, false, false]);
    expect([{ group: {} }, {}, null].map(isReady)).toEqual([true, false, false]);
  });
});

// @requirement MEX-06
describe("a job's fields", () => {
  const notText = [undefined, null, 1, ["a"]];
  const notCount = [undefined, "1", -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY];
  const wrong: readonly (readonly [keyof Job, readonly unknown[]])[] = [
    ["file", notText],
    ["args", [undefined, null, "a", {}, ["a", 1]]],
    ["argv0", notText],
    ["cwd", notText],
    ["env", [undefined, null, "a", [], ["a"], { A: 1 }, { A: "a", B: null }]],
    ["ownGroup", [undefined, null, "true", 1]],
    ["user", [undefined, 1, [], {}, { uid: 1 }, { gid: 1 }, { uid: "1", gid: 1 }, { uid: 1, gid: -1 }]],
    ["descriptors", [undefined, null, {}, [null], [{}], [{ kind: "pipe" }], [{ kind: "pipes", length: 1 }]]],
    ["descriptors", [[{ kind: "report" }, { kind: "bytes", length: -1 }], [{ kind: "a bytes", length: 1 }]]],
    ["group", [undefined, null, [], {}, { memoryBytes: 1 }, { processes: 1 }, { memoryBytes: "1", processes: 1 }]],
    ["wallMs", [...notCount, null]],
    ["cpuMs", [...notCount, null]],
    ["outputBytes", [...notCount, null]],
    ["stdinBytes", notCount],
  ];

  it.each(wrong.flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    "are refused where one is wrong: %s %o",
    (name, value) => {
      const envelope = { schema: "lockkeeper/job/v1", job: { ...job, [name]: value } };
      expect(() => jobIn(envelope)).toThrow(`a job whose ${name} is wrong`);
    },
  );
});
