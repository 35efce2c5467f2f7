import { describe, expect, it } from "vitest";
import { decodeJob, encodeJob, isEnded, isReady, type Job } from "./job.js";

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
    expect(() => decodeJob(Buffer.concat([Buffer.from([2, 0, 0, 0]), text]))).toThrow("not a job");
  });
});

describe("what a spawner tells", () => {
  it("is told apart from anything else", () => {
    expect([{ cause: null, failure: "" }, {}, null, "ended"].map(isEnded)).toEqual([true, false, false, false]);
    expect([{ group: {} }, {}, null].map(isReady)).toEqual([true, false, false]);
  });
});
