import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactingFilter } from "./redacting-filter.js";

// Made by each test: a mutant of what makes it is seen by the tests alone.
const newFilter = () =>
  redactingFilter((text) => text.replaceAll(/hush-[0-9]+|-----BEGIN K-----[\s\S]*?-----END K-----/g, "[x]"));

function through(chunks: readonly Uint8Array[]): string {
  const stream = newFilter().open("stdout");
  const out = [...chunks.map((chunk) => stream.push(chunk)), stream.end()];
  return Buffer.concat(out).toString("latin1");
}

// @requirement EXE-16
describe("output on its way out", () => {
  it("has its secrets replaced wherever chunks cut them", () => {
    const text = "one hush-123 two\nthree hush-4567\n-----BEGIN K-----\nabc\n-----END K-----\nfour";
    const expected = "one [x] two\nthree [x]\n[x]\nfour";
    for (let size = 1; size <= text.length; size += 1) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
        Buffer.from(text.slice(n * size, (n + 1) * size)),
      );
      expect(through(chunks)).toBe(expected);
    }
  });

  it("is the same bytes where there is nothing to replace", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (chunks) => {
        expect(through(chunks)).toBe(Buffer.concat(chunks).toString("latin1"));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it("comes line by line, and what has no end is held back", () => {
    const stream = newFilter().open("stdout");
    expect(Buffer.from(stream.push(Buffer.from("a\nb"))).toString()).toBe("a\n");
    expect(stream.push(Buffer.from(" -----BEGIN K-----\nabc\n")).length).toBe("b ".length);
    expect(stream.push(Buffer.from("def\n")).length).toBe(0);
    expect(Buffer.from(stream.push(Buffer.from("-----END K-----\n"))).toString()).toBe("[x]\n");
  });

  it("is not held back for ever: a long line is cut where no secret goes on", () => {
    const stream = newFilter().open("stdout");
    const out = stream.push(Buffer.from(`${"word ".repeat(20_000)}hush-12`));
    expect(out.length).toBe(100_000);
    expect(Buffer.from(stream.push(Buffer.from("34\n"))).toString()).toBe("[x]\n");
  });

  it("is let out although a key seems open, once no key is as long", () => {
    const stream = newFilter().open("stdout");
    expect(stream.push(Buffer.from(`-----BEGIN K-----\n${"a\n".repeat(40_000)}`)).length).toBeGreaterThan(60_000);
  });
});

// @requirement EXE-16
it("replaces in what is recorded of a command, too", () => {
  const action = {
    kind: "command" as const,
    profile: "readonly",
    argv: ["echo", "hush-1"],
    cwd: "/",
    env: { KEY: "hush-2", OTHER: "plain" },
    stdin_sha256: null,
    cmd_hash: "0".repeat(64),
    workspace: "/",
    limits: {},
  };
  expect(newFilter().action(action)).toEqual({ ...action, argv: ["echo", "[x]"], env: { KEY: "[x]", OTHER: "plain" } });
  expect(newFilter().text("say hush-3")).toBe("say [x]");
});
