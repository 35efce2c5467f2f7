import { describe, expect, it } from "vitest";
import { targetSuites } from "./checks/index.js";
import { countsOf, openTarget, runTarget, type TargetConfig, type TargetResult } from "./index.js";
import { flaws } from "./testdata/flawed-gateway.js";
import { flawedConfig, flawedWorld } from "./testdata/flawed-world.js";

/** Each flaw, and the check that is meant for it. */
const meantFor: Readonly<Record<string, string>> = {
  expired: "http-tokens-expired",
  alg_none: "http-tokens-of-the-algorithm-none-without-a-signature",
  hmac_confusion: "http-tokens-signed-by-HMAC-with-the-public-key-as-pem",
  any_signature: "http-tokens-signed-by-another-key-of-the-same-kind",
  jku: "http-tokens-jku",
  lenient_base64: "http-tokens-with-loose-bits-at-its-end",
  any_type: "http-tokens-of-another-type-JWT-for-everything",
  no_nonce: "http-replay-sequence",
  racy_nonce: "http-replay-parallel",
  body_approval: "http-binding-approval",
  revoked: "http-approvals-revoked",
  any_command: "http-binding-command-1",
  shell: "http-allowlist-shell-1",
  no_allowlist: "http-allowlist-forbidden",
  run_before_check: "http-tokens-missing",
  four_eyes: "http-approvals-four-eyes",
  approver_from_body: "http-approvals-body-by",
  mint_unapproved: "http-approvals-before",
  no_reason: "http-approvals-reason",
  access_open: "http-access-ask-viewer",
  bearer_executes: "http-access-bearer-executes",
  bearer_unsigned: "http-access-list-by-unsigned",
  leak_token: "http-leaks-token",
  leak_stack: "http-leaks-stack",
  leak_path: "http-leaks-path",
  metrics_open: "http-leaks-metrics",
  unknown_fields: "http-malformed-unknown",
  any_media: "http-malformed-media-text",
  duplicate_keys: "http-malformed-twice",
  no_limit: "http-malformed-large",
  status_200: "http-tokens-of-no-algorithm",
  serves_data: "http-decisions-data-post-token",
  no_record: "http-execute-recorded",
  crash: "http-leaks-server-error",
  refuse_all: "http-execute-valid",
  no_code: "http-malformed-empty",
  failed_retry: "http-replay-after-failure",
};

const failures = (results: readonly TargetResult[]) =>
  results.filter(({ verdict }) => verdict.status === "fail").map(({ check }) => check.id);
const themes = (...names: readonly string[]) =>
  targetSuites.filter(({ file }) => names.some((name) => file.includes(name)));

// @requirement HAR-12
describe("a small gateway of another kind", () => {
  it("passes where nothing is wrong with it, and is not asked for what it does not have", async () => {
    await using world = await flawedWorld();
    const results = await runTarget(world.target);
    expect(failures(results)).toEqual([]);
    expect(results.filter(({ verdict }) => verdict.status === "skip").map(({ check }) => check.id)).toEqual([
      "http-execute-events",
    ]);
    expect(countsOf(results).pass).toBeGreaterThan(200);
  });

  it("has a check that is meant for each flaw", () => {
    expect(Object.keys(meantFor).sort()).toEqual([...flaws].sort());
  });

  it.each(Object.entries(meantFor))("with the flaw %s fails %s", async (flaw, id) => {
    await using world = await flawedWorld([flaw]);
    const theme = /^http-([a-z]+)-/.exec(id)?.[1] ?? "";
    // What must not leak is looked for in the answers of other themes.
    const results = await runTarget(world.target, {
      suites: theme === "leaks" ? themes("tokens", "malformed", "leaks") : themes(theme),
    });
    expect(failures(results)).toContain(id);
  });

  it("fails everything where it is not there", async () => {
    const world = await flawedWorld();
    await world[Symbol.asyncDispose]();
    const results = await runTarget(world.target, { suites: themes("execute") });
    expect(countsOf(results)).toMatchObject({ pass: 0, skip: 1 });
  });
});

// @requirement HAR-12
it("a gateway that has nothing but POST /gateway/execute is asked what can be, and the rest is skipped with a reason", async () => {
  await using world = await flawedWorld();
  const commands = ["echo test", "echo test", "echo test", ...Array.from({ length: 5 }, () => "touch marker")];
  const grants = await Promise.all(commands.map((command) => world.target.grant(command)));
  const config: TargetConfig = { ...flawedConfig, features: [], approvals: { by: "list", grants } };
  const opened = openTarget({ url: world.url, config, root: world.folder });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const results = await runTarget(opened.value);
  expect(failures(results)).toEqual([]);
  const skipped = results.flatMap(({ verdict }) => (verdict.status === "skip" ? [verdict.detail] : []));
  expect(new Set(skipped)).toEqual(
    new Set([
      "it needs the key that tokens are signed with",
      "it needs an expired token, or the key",
      "it needs the Bearer token of a admin",
      "the target config lists no more tokens for this command",
      ...["executions", "approvals", "decisions", "metrics", "idempotency", "events", "arguments"].map(
        (feature) => `the target is not said to have ${feature}`,
      ),
    ]),
  );
  const passes = results.filter(({ verdict }) => verdict.status === "pass").map(({ check }) => check.id);
  expect(passes).toContain("http-execute-valid");
  expect(passes).toContain("http-tokens-of-the-algorithm-none-without-a-signature");
  expect(passes).toContain("http-replay-parallel");
});

it("every check has an id of its own, a claim, and requirements that it speaks for", () => {
  const checks = targetSuites.flatMap((suite) => suite.checks);
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  expect(checks.filter(({ requirements, title }) => requirements.length === 0 || title === "")).toEqual([]);
  expect(checks.filter(({ id }) => !/^http-[a-z]+-[A-Za-z0-9-]+$/.test(id) || id.length > 200)).toEqual([]);
});
