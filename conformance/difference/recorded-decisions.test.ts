import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readDecisions } from "./recorded-decisions.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string) {
  const file = join(folder, "decisions.jsonl");
  writeFileSync(file, text);
  return readDecisions(file);
}

const line = (more: object = {}) => JSON.stringify({ path: "main/request", input: { a: 1 }, result: {}, ...more });

it("reads what was asked, line by line, with LF or CRLF, and says where", async () => {
  const result = await read(`${line()}\r\n\n${line({ path: "main/output", input: { b: "\u{202e}]]>" } })}`);
  expect(result).toMatchObject({
    ok: true,
    value: {
      skipped: 0,
      decisions: [
        { entrypoint: "request", input: { a: 1 }, place: { row: 1 } },
        { entrypoint: "output", input: { b: "\u{202e}]]>" }, place: { row: 3 } },
      ],
    },
  });
});

it("skips and counts what cannot be asked again: other questions, masked and missing inputs", async () => {
  const others = [
    line({ path: "system/main" }),
    line({ erased: ["/input/token"] }),
    JSON.stringify({ path: "main/request" }),
  ];
  expect(await read([line({ erased: [] }), ...others].join("\n"))).toMatchObject({
    ok: true,
    value: { skipped: 3, decisions: [{ place: { row: 1 } }] },
  });
});

it("reads an empty file as no decisions", async () => {
  expect(await read("")).toEqual({ ok: true, value: { decisions: [], skipped: 0 } });
});

it("names the first line that is no JSON object", async () => {
  for (const wrong of ["{", "[]", '{"a": 1, "a": 2}', '{"__proto__": {}}', "7"]) {
    expect(await read(`${line()}\n${wrong}\n`)).toMatchObject({
      ok: false,
      error: [{ code: "json/syntax", place: { row: 2 } }],
    });
  }
});

it("refuses a line without end", async () => {
  expect(await read(`{"a": "${"x".repeat(9_000_000)}`)).toMatchObject({ ok: false, error: [{ code: "json/syntax" }] });
});

it("says that there is no such file", async () => {
  expect(await readDecisions(join(folder, "none"))).toMatchObject({ ok: false, error: [{ code: "internal/io" }] });
});
