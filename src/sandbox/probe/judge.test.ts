import { describe, expect, it } from "vitest";
import { fullIsolation, type IsolationKind, isolationKinds, noIsolation } from "../../model/index.js";
import { factsOf, judge, type Seen } from "./judge.js";
import { type Answers, diskBytes, fileBytes, processLimit } from "./probe-program.js";

const outside: Answers = {
  uid: 65533,
  parent: 4000,
  socket: 3,
  connect: 0,
  outside: 4,
  ownersOnly: -13,
  signal: -1,
  segment: 7,
  personality: 0,
  root: 0,
  workspace: 0,
  buffer: 0,
  firstFile: 0,
  firstWrite: 0,
  secondFile: 0,
  secondWrite: 0,
  forks: 0,
};
const inside: Answers = {
  ...outside,
  parent: 1,
  connect: -111,
  outside: -2,
  signal: -3,
  segment: -2,
  personality: -1,
  root: -30,
  workspace: -30,
  firstWrite: fileBytes,
  secondWrite: diskBytes - fileBytes,
  forks: processLimit - 1,
};
const held: Seen = { uid: 65533, asRoot: true, outside, inside, connected: false, hungry: "killed", groups: "" };

const lacking = (over: Partial<Seen>) => judge({ ...held, ...over }).filter(({ holds }) => !holds);
const from = (over: Partial<Answers>): Partial<Seen> => ({ inside: { ...inside, ...over } });

// @requirement SBX-07
describe("the probe's verdict", () => {
  it("is that all holds where every attempt failed inside and worked outside", () => {
    expect(lacking({})).toEqual([]);
    expect(judge(held).map(({ kind, why }) => [kind, why])).toEqual(isolationKinds.map((kind) => [kind, ""]));
    expect(factsOf(judge(held))).toEqual(fullIsolation);
  });

  it.each([
    ["user", { uid: 0 }, "would run as root"],
    ["user", from({ uid: 0 }), "would run as root"],
    ["user", from({ ownersOnly: 3 }), "a file of root's"],
    ["mount", from({ outside: 3 }), "outside of the workspace"],
    ["mount", from({ root: 3 }), "where nothing may be written"],
    ["mount", from({ workspace: 0 }), "where nothing may be written"],
    ["pid", from({ signal: 0 }), "processes of this machine"],
    ["pid", from({ signal: -1 }), "processes of this machine"],
    ["pid", from({ parent: 2 }), "processes of this machine"],
    ["net", from({ connect: 0 }), "a port of this machine"],
    ["net", { connected: true }, "a port of this machine"],
    ["ipc", from({ segment: 0 }), "shared memory"],
    ["seccomp", from({ personality: 0 }), "was carried out"],
    ["memory", { hungry: "ended" }, "used more memory than it may"],
    ["memory", { hungry: "not_started" }, "used more memory than it may"],
    ["pids", from({ forks: processLimit }), `${processLimit} processes were started`],
    ["pids", from({ forks: 0 }), "0 processes were started"],
    ["disk", from({ secondWrite: diskBytes - fileBytes + 1 }), "more could be written"],
    ["disk", from({ firstWrite: fileBytes - 1 }), "nothing could be written"],
  ] satisfies [IsolationKind, Partial<Seen>, string][])("is that %s does not hold, for %j", (kind, over, why) => {
    expect(lacking(over)).toEqual([{ kind, holds: false, why: expect.stringContaining(why) }]);
  });

  it.each([
    ["mount", { outside: -2 }],
    ["pid", { signal: -3 }],
    ["net", { connect: -111 }],
    ["ipc", { segment: -28 }],
    ["seccomp", { personality: -1 }],
  ] satisfies [IsolationKind, Partial<Answers>][])(
    "is that %s was not seen to hold where outside it failed, too",
    (kind, over) => {
      expect(lacking({ outside: { ...outside, ...over } })).toEqual([
        { kind, holds: false, why: expect.stringMatching(/^no .* to try with/) },
      ]);
    },
  );

  it("takes the smallest number that is no error for a success, inside and outside", () => {
    expect(lacking({ outside: { ...outside, outside: 0, segment: 0, personality: 0, connect: 0, signal: 0 } })).toEqual(
      [],
    );
    for (const attempt of ["outside", "root", "workspace"] as const) {
      expect(lacking(from({ [attempt]: 0 })).map(({ kind }) => kind)).toEqual(["mount"]);
    }
  });

  it("lets a file of one's own be read where we are not root", () => {
    expect(lacking({ asRoot: false, ...from({ ownersOnly: 3 }) })).toEqual([]);
    expect(lacking({ ...from({ ownersOnly: 0 }) }).map(({ kind }) => kind)).toEqual(["user"]);
  });

  it("counts a disk that took less than it may, and none that took nothing", () => {
    expect(lacking(from({ secondWrite: -28 }))).toEqual([]);
    expect(lacking(from({ firstWrite: -28 })).map(({ kind }) => kind)).toEqual(["disk"]);
  });

  it("names why control groups do not help", () => {
    const groups = "no control groups are mounted";
    expect(lacking({ hungry: "ended", groups })[0]?.why).toContain(`(${groups})`);
    expect(lacking({ ...from({ forks: processLimit }), groups })[0]?.why).toContain(`(${groups})`);
  });

  it("is that nothing holds where the probe did not run", () => {
    expect(lacking({ inside: null })).toEqual(
      isolationKinds.map((kind) => ({ kind, holds: false, why: "the probe did not run in the sandbox" })),
    );
    expect(lacking({ outside: null })[0]?.why).toBe("the probe did not run outside of the sandbox");
    expect(factsOf(judge({ ...held, inside: null }))).toEqual(noIsolation);
  });
});
