import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictJson } from "./strict-json.js";

function check(text: string) {
  const read = parseStrictJson(text, "a.json");
  return read.ok ? { value: read.value.value } : { message: read.error[0]?.message, place: read.error[0]?.place };
}

describe("a strict JSON text", () => {
  it("reads every JSON value as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const read = parseStrictJson(text, "a.json");
        if (!read.ok) {
          // What it refuses of valid JSON it refuses for a reason that is stated.
          return /held exactly|surrogate|__proto__|deeper|control/.test(read.error[0]?.message ?? "");
        }
        expect(read.value.value).toEqual(JSON.parse(text));
        return true;
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("refuses whatever JSON.parse refuses", () => {
    const parts = [
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"a"',
      '"',
      "1",
      "-",
      "0",
      ".",
      "e",
      " ",
      "null",
      "true",
      "\\",
      "\n",
      "+",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), (words) => {
        const text = words.join("");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        return valid || !parseStrictJson(text, "a.json").ok;
      }),
      { seed: 2, numRuns: 20_000 },
    );
  });

  it.each([
    ['{"a": 1,\n "a": 2}', "duplicate key: a", 2, 2],
    ['{"a": 1, "\\u0061": 2}', "duplicate key: a", 1, 10],
    ['{"__proto__": 1}', "the key __proto__", 1, 2],
    ["9007199254740993", "a number that is not held exactly", 1, 1],
    ["1e400", "a number that is not held exactly", 1, 1],
    ['"\\ud800"', "half a surrogate pair", 1, 1],
    ['{"a": 1} x', "something after the end", 1, 10],
    ["[1,]", "a value is expected", 1, 4],
    ["", "a value is expected", 1, 1],
    ['["\u0000"]', "a control character or half a surrogate pair", 1, 3],
    ["{a: 1}", "a key in double quotes is expected", 1, 2],
  ])("refuses %j", (text, message, row, col) => {
    expect(check(text)).toMatchObject({ message, place: { row, col } });
  });

  it("refuses deep nesting without recursing into it", () => {
    expect(check("[".repeat(1_000_000)).message).toBe("nested deeper than 50");
    expect(check(`${"[".repeat(50)}${"]".repeat(50)}`).message).toBeUndefined();
  });

  it("says where each part stands", () => {
    const read = parseStrictJson('{\n  "a": [\n    {"b": 1}\n  ]\n}', "a.json");
    expect(read.ok && read.value.placeOf(["a", 0, "b"])).toMatchObject({ row: 3, col: 6 });
    expect(read.ok && read.value.placeOf("/a/0")).toMatchObject({ row: 3, col: 5 });
    expect(read.ok && read.value.placeOf("/a/7/c")).toMatchObject({ row: 2, col: 3 });
  });
});
