import { expect, it, vi } from "vitest";
import { noIsolation, refusal } from "../model/index.js";
import { createMemoryTakings } from "../store/index.js";
import { gatherInput } from "./gather-input.js";
import { localParts, localSubmission } from "./local-parts.js";

it("asks about the repository only for programs whose rules want to know", async () => {
  const read = vi.fn(async () => ({ config_keys: ["core.bare"] }));
  const policy = {
    sha256: "b".repeat(64),
    limits: {},
    wantsRepository: (program: string) => program === "git",
    ruleAt: () => undefined,
    decide: () => refusal("engine/undefined", "not asked here"),
  };
  const sources = {
    ...localParts("ann"),
    ledger: createMemoryTakings({ nowMs: () => 0 }),
    repository: { read },
    executor: { isolation: () => noIsolation, run: () => Promise.reject(new Error("not run here")), stopAll: () => 0 },
  };
  const identity = { subject: { id: "ann", roles: [] }, token: null };
  const repositoryOf = async (argv: readonly string[]) => {
    const submission = { ...localSubmission, command: argv, profile: "readonly", cwd: "/w/src", workspace: "/w" };
    return (await gatherInput(submission, identity, argv, policy, sources, 0)).repository;
  };
  expect(await repositoryOf(["date"])).toBeNull();
  expect(read).not.toHaveBeenCalled();
  expect(await repositoryOf(["git", "log"])).toEqual({ config_keys: ["core.bare"] });
  expect(read).toHaveBeenCalledExactlyOnceWith("/w/src", "/w");
});
