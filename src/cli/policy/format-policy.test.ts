import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { formatPolicy } from "./format-policy.js";
import { failureOf, goodPolicy, policyFolder, recordingTerminal, writeFiles } from "./testdata/fixture.js";

const ugly = "package main\n\nx:=1\ny := 2\n";
const pretty = "package main\n\nx := 1\ny := 2\n";

let dir: string;
let discard: () => Promise<void>;
beforeEach(async () => {
  const made = await policyFolder({ ...goodPolicy, "main/ugly.rego": ugly });
  dir = made.dir;
  discard = made.discard;
});
afterEach(() => discard());

it("names each file that would change, with its first lines, changes nothing, and exits with 2", async () => {
  const terminal = recordingTerminal();
  expect(await formatPolicy([], { policies: dir, check: true }, terminal)).toBe(2);
  expect(terminal.lines).toEqual([
    `${dir}/main/ugly.rego is not formatted`,
    "  3 - x:=1",
    "  3 + x := 1",
    "1 of 3 files would change",
  ]);
  expect(await readFile(`${dir}/main/ugly.rego`, "utf8")).toBe(ugly);
});

it("writes what changes, and then finds nothing more", async () => {
  const terminal = recordingTerminal(true);
  expect(await formatPolicy([], { policies: dir }, terminal)).toBe(0);
  expect(await readFile(`${dir}/main/ugly.rego`, "utf8")).toBe(pretty);
  expect(await formatPolicy([], { policies: dir, check: true }, terminal)).toBe(0);
  expect(terminal.lines.map((line) => JSON.parse(line))).toEqual([
    { ok: true, changed: [`${dir}/main/ugly.rego`] },
    { ok: true, changed: [] },
  ]);
});

it("writes nothing when one of the files does not parse", async () => {
  await writeFiles(dir, { "main/broken.rego": "package main\n\nx := }\n" });
  const failure = await failureOf(formatPolicy([], { policies: dir }, recordingTerminal()));
  expect(failure).toMatchObject({ exit: 1, codes: ["policy/invalid"] });
  expect(failure.text).toContain(`${dir}/main/broken.rego:3:6: `);
  expect(await readFile(`${dir}/main/ugly.rego`, "utf8")).toBe(ugly);
});

it("formats only the files that are named, and refuses those that are not Rego or not there", async () => {
  const named = `${dir}/main/ugly.rego`;
  expect(await formatPolicy([named, named], { policies: dir }, recordingTerminal())).toBe(0);
  expect(await readFile(named, "utf8")).toBe(pretty);
  const other = formatPolicy([`${dir}/main/people.yaml`], { policies: dir }, recordingTerminal());
  expect(await failureOf(other)).toMatchObject({ exit: 1, codes: ["usage/flag"] });
  const absent = formatPolicy([`${dir}/main/absent.rego`], { policies: dir }, recordingTerminal());
  expect(await failureOf(absent)).toMatchObject({ exit: 1, codes: ["internal/io"] });
});
