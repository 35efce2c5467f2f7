import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AuditEntry, parserOf } from "../model/index.js";
import { end, intent, opening } from "./testdata/entries.js";
import { lineHash, listed, type OpenStore, type Place, stores } from "./testdata/stores.js";

const parseEntry = parserOf(AuditEntry);

/** What every store of the audit promises. */
describe.each(stores)("$name", (kind) => {
  let place: Place;
  let store: OpenStore;
  beforeEach(async () => {
    place = await kind.place();
    store = await place.open("w1");
  });
  afterEach(async () => {
    await store.close();
    await place.discard();
  });

  const all = async (range = {}) => listed(store.audit.entries(range));

  it("chains its entries: each holds the hash of the one before, as stored", async () => {
    await Promise.all(Array.from({ length: 200 }, (_, n) => store.audit.append(intent(`execution-${n}`))));
    await store.audit.append(end("execution-0"));
    const stored = await all();
    const parsed = stored.map(({ line }) => parseEntry(JSON.parse(line)));
    expect(parsed.every(({ ok }) => ok)).toBe(true);
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 201 }, (_, n) => n + 1));
    const previous = parsed.map((entry) => (entry.ok ? entry.value.prev_sha256 : ""));
    expect(previous).toEqual(["0".repeat(64), ...stored.slice(0, -1).map(({ line }) => lineHash(line))]);
    expect(await store.audit.heads()).toEqual([{ writer: "w1", seq: 201, sha256: lineHash(stored[200]?.line ?? "") }]);
  });

  it("records the intent and the end of what it opens and closes in the same chain", async () => {
    await store.ledger.open(intent("execution-1"), opening("execution-1"));
    await store.audit.append(intent("execution-2", { decision: "deny" }));
    await store.ledger.close(end("execution-1"), "execution-1", {});
    const kinds = (await all()).map(({ line }) => [JSON.parse(line).kind, JSON.parse(line).execution_id]);
    expect(kinds).toEqual([
      ["intent", "execution-1"],
      ["intent", "execution-2"],
      ["end", "execution-1"],
    ]);
  });

  it("gives each process a chain of its own", async () => {
    await store.audit.append(intent("execution-1"));
    const other = await place.open("w0");
    try {
      await other.audit.append(intent("execution-2"));
      await store.audit.append(end("execution-1"));
      await other.audit.append(end("execution-2"));
      const order = (await all()).map(({ writer, seq }) => `${writer} ${seq}`);
      expect(order).toEqual(["w0 1", "w0 2", "w1 1", "w1 2"]);
      expect((await store.audit.heads()).map(({ writer, seq }) => [writer, seq])).toEqual([
        ["w0", 2],
        ["w1", 2],
      ]);
      expect(await all({ writer: "w1", afterSeq: 1 })).toHaveLength(1);
      expect(await all({ writer: "nobody" })).toEqual([]);
      expect((await store.audit.tail(3)).map(({ writer, seq }) => `${writer} ${seq}`)).toEqual([
        "w0 1",
        "w1 2",
        "w0 2",
      ]);
    } finally {
      await other.close();
    }
  });

  it("finds what is about an execution, and about an approval also the ends of what used it", async () => {
    await store.audit.append(event("approval/requested", "approval-1"));
    await store.audit.append(intent("execution-1", { approval_id: "approval-1" }));
    await store.audit.append(intent("execution-2", { approval_id: "approval-2", command: "approval-1" }));
    await store.audit.append(end("execution-1"));
    const about = async (id: string) => (await store.audit.about(id)).map(({ line }) => JSON.parse(line).seq);
    expect(await about("approval-1")).toEqual([1, 2, 4]);
    expect(await about("execution-1")).toEqual([2, 4]);
    expect(await about("execution-2")).toEqual([3]);
    expect(await about("execution-3")).toEqual([]);
  });

  it("keeps text as it came: control characters, half a surrogate pair, quotes, a number in a detail", async () => {
    const command = `\u0000\u0007"\\ ${"\u{1f512}"} \ud800 ","seq":9,"writer":"w9"}`;
    await store.audit.append(intent("execution-1", { command: command.toWellFormed() }));
    await store.audit.append({ ...event("test/one", "x"), detail: { a: 1, seq: 7, writer: "w7" } });
    const [first, second] = await all();
    expect(JSON.parse(first?.line ?? "").command).toBe(command.toWellFormed());
    expect([second?.writer, second?.seq]).toEqual(["w1", 2]);
  });

  it("reads more entries than it holds at once, in order", async () => {
    await Promise.all(Array.from({ length: 2500 }, (_, n) => store.audit.append(end(`execution-${n}`))));
    const seqs = (await all()).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 2500 }, (_, n) => n + 1));
    expect((await store.audit.tail(2)).map(({ seq }) => seq)).toEqual([2499, 2500]);
  });

  it("keeps checkpoints in order, as they came", async () => {
    expect(await store.audit.checkpoints()).toEqual([]);
    await store.audit.addCheckpoint("origin\n1\nroot\n\n— key sig\n");
    await store.audit.addCheckpoint("second\n");
    expect(await store.audit.checkpoints()).toEqual(["origin\n1\nroot\n\n— key sig\n", "second\n"]);
  });

  it("adds a checkpoint only where there are as many as whoever adds it knows of", async () => {
    await store.audit.addCheckpoint("first\n", 0);
    await expect(store.audit.addCheckpoint("second\n", 0)).rejects.toThrow("somebody else");
    await store.audit.addCheckpoint("second\n", 1);
    expect(await store.audit.checkpoints()).toEqual(["first\n", "second\n"]);
    await store.audit.append(intent("execution-1"));
  });

  // @requirement EXE-11
  it("lets an archivist alone remove a range, with the checkpoint that stands in its place, and never a head", async () => {
    if (place.archivist === undefined) return;
    for (let n = 1; n <= 5; n++) await store.audit.append(intent(`execution-${n}`));
    const range = { writer: "w1", afterSeq: 0, seq: 3 };
    await expect(place.archivist.removeArchived([range], "archived\n", 1)).rejects.toThrow("somebody else");
    expect(await all()).toHaveLength(5);
    await place.archivist.removeArchived([range], "archived\n", 0);
    expect((await all()).map(({ seq }) => seq)).toEqual([4, 5]);
    expect(await store.audit.checkpoints()).toEqual(["archived\n"]);
    await Promise.allSettled([place.archivist.removeArchived([{ ...range, seq: 9 }], "more\n", 1)]);
    expect((await all()).at(-1)?.seq).toBe(5);
    await store.audit.append(intent("execution-6"));
    expect((await store.audit.heads()).map(({ seq }) => seq)).toEqual([6]);
    await expect(place.tamper?.("delete")).rejects.toThrow("append-only");
  });

  // @requirement EXE-11
  it("lets nobody change, delete or replace an entry", async () => {
    if (place.tamper === undefined) return;
    await store.audit.append(intent("execution-1"));
    await store.audit.append(end("execution-1"));
    const before = await all();
    await expect(place.tamper("update")).rejects.toThrow("append-only");
    await expect(place.tamper("delete")).rejects.toThrow("append-only");
    await expect(place.tamper("replace")).rejects.toThrow("append-only");
    expect(await all()).toEqual(before);
    await store.audit.append(intent("execution-2"));
    expect(await all()).toHaveLength(3);
  });
});

function event(name: string, object: string) {
  return { kind: "event" as const, name, actor: "ada", roles: ["ADMIN"], object, detail: {} };
}
