import { describe, expect, it } from "vitest";
import { checklistDigest, readSignOff, reviewOf, type SignOff, securityChecklist, signerOf } from "./index.js";
import { resultExample } from "./testdata/result-example.js";

const items = securityChecklist([resultExample("http-tokens-a", ["EXE-03"])], { files: 1, findings: [] });
const signOff = (checklist_sha256: string): SignOff => ({ name: "Ann Example", date: "2026-01-07", checklist_sha256 });

// @requirement EXE-26
describe("a sign-off", () => {
  it("is for how the items stand and what was built, not for how many checks there were", () => {
    const digest = checklistDigest(items, "built");
    expect(digest).toBe("8e31fad376c44056cc6043307a8036acce63b57e3b34a4423d52cb9d4c42ac44");
    const more = [resultExample("http-tokens-a", ["EXE-03"]), resultExample("http-tokens-b", ["EXE-03"])];
    expect(checklistDigest(securityChecklist(more, { files: 2, findings: [] }), "built")).toBe(digest);
    expect(checklistDigest(items, "built otherwise")).not.toBe(digest);
    expect(checklistDigest(items.slice(1), "built")).not.toBe(digest);
  });

  it("counts for the checklist that it names alone", () => {
    const digest = checklistDigest(items, "built");
    expect(signerOf(signOff(digest), digest)).toEqual({ name: "Ann Example", date: "2026-01-07" });
    expect(signerOf(signOff("0".repeat(64)), digest)).toBeNull();
    expect(signerOf(null, digest)).toBeNull();
    expect(reviewOf(items, "built", signOff(digest))).toEqual({
      verdict: "fail",
      items,
      checklist_sha256: digest,
      signed_off: { name: "Ann Example", date: "2026-01-07" },
    });
    expect(reviewOf(items, "changed", signOff(digest)).signed_off).toBeNull();
  });

  it("is a file with a name, a day and a hash, and nothing else", () => {
    const text = `schema: lockkeeper/sign-off/v1\nname: Ann Example\ndate: "2026-01-07"\nchecklist_sha256: "${"0".repeat(64)}"\n`;
    expect(readSignOff(text, "s.yaml")).toEqual({ ok: true, value: signOff("0".repeat(64)) });
    for (const wrong of [text.replace("Ann Example", '" "'), `${text}verdict: pass\n`, text.replace("0000", "")]) {
      expect(readSignOff(wrong, "s.yaml")).toMatchObject({ ok: false });
    }
  });
});
