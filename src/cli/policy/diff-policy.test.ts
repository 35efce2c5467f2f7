import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { buildPolicy } from "./build-policy.js";
import { type DiffFlags, diffPolicy } from "./diff-policy.js";
import { type Files, failureOf, goodPolicy, policyFolder, recordingTerminal } from "./testdata/fixture.js";

const discards: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const discard of discards.splice(0)) await discard();
});

async function folderOf(files: Files): Promise<string> {
  const { dir, discard } = await policyFolder(files);
  discards.push(discard);
  return dir;
}

async function fileOf(name: string, text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "lockkeeper-file-"));
  discards.push(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, name), text);
  return join(dir, name);
}

/** Compares the good policy, with changes, to the good policy. */
async function diff(changes: Files, flags: Partial<DiffFlags> = {}, json = true) {
  const against = flags.against ?? (await folderOf(goodPolicy));
  const policies = await folderOf({ ...goodPolicy, ...changes });
  const terminal = recordingTerminal(json);
  const done = diffPolicy({ policies, evaluations: 1500, seconds: 600, seed: 1, ...flags, against }, terminal);
  return { done, terminal, against, policies };
}

/** The parts of the document that tests look at. */
type Shown = {
  readonly ok: boolean;
  readonly differences: readonly {
    readonly kind: string;
    readonly class: string;
    readonly lost: readonly string[];
    readonly input: { readonly subject?: { readonly id?: string }; readonly channel?: string };
    readonly recorded: readonly { readonly row: number }[];
    readonly accepted: boolean;
  }[];
  readonly changed: { readonly rules: readonly { readonly rule: string }[] | null; readonly data: readonly unknown[] };
  readonly expired: readonly unknown[];
  readonly orphaned: readonly unknown[];
};

async function shown(changes: Files, flags: Partial<DiffFlags> = {}): Promise<{ code: number; document: Shown }> {
  const { done, terminal } = await diff(changes, flags);
  const code = await done;
  const document: Shown = JSON.parse(terminal.text());
  return { code, document };
}

const moreData: Files = { "main/people.yaml": "people: [ann, bob, eve]\n" };
const closedOpens: Files = {
  "main/request.rego": (goodPolicy["main/request.rego"] ?? "").replace(
    'input.channel == "closed"',
    'input.channel == "closed"\n\tinput.now_ms < 1000',
  ),
};

describe("policy diff", { timeout: 120_000 }, () => {
  it("exits with 2 for an entry of data that lets somebody in, and shows who", async () => {
    const { code, document } = await shown(moreData);
    expect(code).toBe(2);
    expect(document.ok).toBe(false);
    expect(document.differences.map(({ kind, input }) => [kind, input.subject?.id])).toEqual([["loosened", "eve"]]);
  });

  it("exits with 0 for an entry that is taken away, and shows it as tightened", async () => {
    const { code, document } = await shown({ "main/people.yaml": "people: [ann]\n" });
    expect(code).toBe(0);
    expect(document.differences.map(({ kind, input }) => [kind, input.subject?.id])).toEqual([["tightened", "bob"]]);
  });

  it("names the rule that fell silent and its lines in both versions", async () => {
    const ordinary = { path: "main/request", input: { subject: { id: "ann" }, channel: "open", now_ms: 5000 } };
    const log = await fileOf("log.jsonl", JSON.stringify(ordinary));
    const { done, terminal } = await diff(closedOpens, { decisions: [log] }, false);
    expect(await done).toBe(2);
    const text = terminal.text();
    expect(text).toContain("LOOSENED: was denied, is allowed");
    expect(text).toContain("main/channel_closed is silent");
    expect(text).toMatch(/main\/channel_closed: old \S*request\.rego:22, new \S*request\.rego:22/);
    expect(text).toMatch(/^FAIL 1 loosened/m);
    expect(text).toContain('channel = "closed"');
  });

  it("finds nothing where only the words are others", async () => {
    const rewritten = (goodPolicy["main/request.rego"] ?? "").replace(
      "granted if input.subject.id in data.main.people",
      "# Who is on the list may.\ngranted if {\n\tsome person in data.main.people\n\tinput.subject.id == person\n}",
    );
    const { done, terminal } = await diff({ "main/request.rego": rewritten }, {}, false);
    expect(await done).toBe(0);
    expect(terminal.text()).toMatch(/^SAME no difference found: 1500 inputs searched with seed 1/m);
  });

  it("says that nothing is stated differently where only a comment is", async () => {
    const commented = `# A remark.\n${goodPolicy["main/request.rego"]}`;
    const { done, terminal } = await diff({ "main/request.rego": commented }, {}, false);
    expect(await done).toBe(0);
    expect(terminal.text()).toContain("The rules and the data are the same, but for comments, layout and order.");
  });

  it("compares with a bundle, which holds no sources", async () => {
    const bundle = join(await mkdtemp(join(tmpdir(), "lockkeeper-bundle-")), "old.tar.gz");
    discards.push(() => rm(join(bundle, ".."), { recursive: true, force: true }));
    const policies = await folderOf(goodPolicy);
    expect(await buildPolicy({ policies, output: bundle }, recordingTerminal())).toBe(0);
    const { code, document } = await shown(moreData, { against: bundle });
    expect(code).toBe(2);
    expect(document.changed.rules).toBeNull();
    expect(document.differences[0]?.input.subject?.id).toBe("eve");
  });

  it("replays recorded decisions, and says which line", async () => {
    const input = { subject: { id: "ann", roles: [] }, channel: "closed", now_ms: 5000 };
    const log = await fileOf(
      "log.jsonl",
      [{ ...input, channel: "open" }, input]
        .map((one) => JSON.stringify({ path: "main/request", input: one }))
        .join("\n"),
    );
    // A search of one input finds nothing: what is shown was recorded.
    const { code, document } = await shown(closedOpens, { decisions: [log], evaluations: 1 });
    expect(code).toBe(2);
    expect(document.differences.map(({ lost, recorded }) => [lost, recorded[0]?.row])).toEqual(
      [["main/channel_closed", 2]].map(([rule, row]) => [[rule], row]),
    );
  });
});

describe("policy diff --accept", { timeout: 120_000 }, () => {
  const entry = (name: string, input: unknown, expires = "9999-12-31") =>
    `schema: lockkeeper/accepted-differences/v1
accepted:
  - class: ${name}
    rules: []
    reason: Eve has joined the team
    reviewer: Ann
    expires: "${expires}"
    witness: {entrypoint: request, input: ${JSON.stringify(input)}}
`;

  async function accepting(expires?: string, changes = moreData) {
    const { document } = await shown(moreData);
    const [first] = document.differences;
    const accept = await fileOf("accepted.yaml", entry(first?.class ?? "", first?.input, expires));
    return shown(changes, { accept, evaluations: 1 });
  }

  it("passes where a denial that became an allow was reviewed", async () => {
    const { code, document } = await accepting();
    expect(code).toBe(0);
    expect(document.differences.map(({ accepted }) => accepted)).toEqual([true]);
  });

  it("does not take the review of one change for that of another", async () => {
    const { code, document } = await accepting(undefined, { "main/people.yaml": "people: [ann, bob, eve, mallory]\n" });
    expect(code).toBe(2);
    expect(document.orphaned).toHaveLength(1);
  });

  it("exits with 2 where the review has expired: it accepts nothing", async () => {
    const { code, document } = await accepting("2020-01-01");
    expect(code).toBe(2);
    expect(document.expired).toHaveLength(1);
  });

  it("exits with 6 where the review speaks of nothing that the change does", async () => {
    const accept = await fileOf("accepted.yaml", entry("a".repeat(64), {}));
    const { code, document } = await shown({}, { accept, evaluations: 100 });
    expect(code).toBe(6);
    expect(document.orphaned).toHaveLength(1);
  });
});

describe("policy diff on bad input", { timeout: 120_000 }, () => {
  it("names what is neither a commit nor a file", async () => {
    const { done } = await diff({}, { against: "no-such-thing" });
    const failure = await failureOf(done);
    expect(failure).toMatchObject({ exit: 1, codes: ["usage/missing"] });
    expect(failure.text).toContain("neither a commit nor a file: no-such-thing");
  });

  it("shows hostile text of inputs and data as escapes", async () => {
    const hostile = '"ev\\u001b[2Je\\u202e]]>"';
    const { done, terminal } = await diff({ "main/people.yaml": `people: [ann, bob, ${hostile}]\n` }, {}, false);
    expect(await done).toBe(2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(terminal.text()).not.toMatch(/[\u0000-\u0009\u001b\u202e]/);
    expect(terminal.text()).toContain("subject.id = ");
  });

  it("names the line of a decision log and the place in an accepted file that cannot be read", async () => {
    const log = await fileOf("log.jsonl", "{\n");
    expect((await failureOf((await diff({}, { decisions: [log] })).done)).text).toContain("log.jsonl:1");
    const accept = await fileOf("accepted.yaml", "schema: lockkeeper/accepted-differences/v1\naccepted: [{}]\n");
    const failure = await failureOf((await diff({}, { accept })).done);
    expect(failure.codes).toContain("schema/invalid");
    expect(await readFile(accept, "utf8")).toContain("accepted");
  });
});
