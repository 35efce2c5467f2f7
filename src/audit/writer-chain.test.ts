import { describe, expect, it } from "vitest";
import { agrees, linkFault } from "./writer-chain.js";

const head = { writer: "w1", seq: 4, sha256: "a".repeat(64) };
const other = "b".repeat(64);

describe("an entry, held against the head that it must follow", () => {
  // @requirement SBX-50
  it("follows with the next number and the head's hash", () => {
    expect(linkFault(head, { seq: 5, prevSha256: head.sha256 })).toBeUndefined();
  });

  // @requirement SBX-50
  it.each([
    ["shows that one is missing", 6, head.sha256, "missing"],
    ["shows that many are missing, whatever its hash", 99, other, "missing"],
    ["comes twice", 4, head.sha256, "misplaced"],
    ["comes out of order, whatever its hash", 1, other, "misplaced"],
    ["follows something else", 5, other, "changed"],
    ["follows nothing", 5, "", "changed"],
  ] as const)("%s", (_, seq, prevSha256, fault) => {
    expect(linkFault(head, { seq, prevSha256 })).toBe(fault);
  });
});

describe("a chain, held against a checkpoint", () => {
  const anchor = { seq: 4, sha256: head.sha256, root: "c".repeat(64) };

  // @requirement SBX-50
  it("agrees with its head and its tree alone", () => {
    expect(agrees(anchor, anchor.sha256, anchor.root)).toBe(true);
    expect(agrees(anchor, other, anchor.root)).toBe(false);
    expect(agrees(anchor, anchor.sha256, other)).toBe(false);
    expect(agrees(anchor, other, other)).toBe(false);
  });
});
