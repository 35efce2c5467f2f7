import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { bodyOf, refusedWell, refuses } from "../attempts.js";
import { bypassed, passed, type TargetCheck, type TargetSuite, type Verdict } from "../check.js";
import { NotAskable, type Target } from "../target.js";
import type { TargetCommand, TargetConfig } from "../target-config.js";

type Forbidden = TargetConfig["commands"]["forbidden"][number];

/** Statuses of a command that is not allowed, or cannot be parsed. */
const refusing = [400, 401, 403];

/**
 * Tries to run a command that is not allowed. It is approved first, if somebody approves it: an approval does not put a
 * command on the allowlist. A gateway that refuses already to approve it has refused.
 */
async function attempt(target: Target, command: TargetCommand): Promise<Verdict> {
  let granted: Awaited<ReturnType<Target["grant"]>>;
  try {
    granted = await target.grant(command);
  } catch (error) {
    if (error instanceof NotAskable) throw error;
    const { exchanges } = target;
    const last = exchanges.at(-1);
    return last === undefined
      ? { status: "skip", detail: "no token could be had" }
      : refusedWell(last.answer, refusing);
  }
  return refuses(target, () => target.execute(bodyOf(granted), granted.token), refusing);
}

/** Tries it, and looks for what it would have done. */
async function forbid(target: Target, { command, leaves, removes }: Forbidden): Promise<Verdict> {
  const [left, removed] = [leaves, removes].map((path) => (path === undefined ? undefined : target.fileOf(path)));
  if (left !== undefined) rmSync(left, { force: true });
  if (removed !== undefined) {
    mkdirSync(dirname(removed), { recursive: true });
    writeFileSync(removed, "it stays\n");
  }
  const verdict = await attempt(target, command);
  if (left !== undefined && existsSync(left)) {
    rmSync(left, { force: true });
    return bypassed(`${leaves} is there: it ran`);
  }
  if (removed !== undefined && !existsSync(removed)) return bypassed(`${removes} is gone: it ran`);
  return verdict;
}

const forbiddenCommands: TargetCheck = {
  id: "http-allowlist-forbidden",
  title: "refuses every command that is configured as forbidden, also with an approval",
  requirements: ["EXE-15"],
  needs: [],
  run: async (target) => {
    for (const one of target.config.commands.forbidden) {
      const verdict = await forbid(target, one);
      if (verdict.status === "fail") return { ...verdict, detail: `${JSON.stringify(one.command)}: ${verdict.detail}` };
      if (verdict.status === "skip") return verdict;
    }
    return passed;
  },
};

/** What a shell would make more of than words. */
const shellTexts = [
  "; id",
  "&& id",
  "|| id",
  "| sh",
  "& id",
  "\nid",
  "$(id)",
  "`id`",
  "<(id)",
  "$IFS$9x",
  "> marker-of-a-shell",
  "$HOME",
  "{a,b}",
];
/** What `id` prints where it ran. */
const idPrints = /\buid=\d+/;

const shells: readonly TargetCheck[] = shellTexts.map((text, index) => ({
  id: `http-allowlist-shell-${index + 1}`,
  title: `runs nothing through a shell: ${JSON.stringify(text)}`,
  requirements: ["EXE-14", "EXE-15"],
  needs: [],
  run: async (target) => {
    const { command } = target.config.commands.allowed;
    const whole = `${typeof command === "string" ? command : command.join(" ")}${text.startsWith("\n") ? "" : " "}${text}`;
    const before = target.exchanges.length;
    const verdict = await attempt(target, whole);
    const printed = target.exchanges.slice(before).find(({ answer }) => idPrints.test(answer.text));
    return printed === undefined ? verdict : bypassed("a shell took it apart: what id prints is in the answer");
  },
}));

/** Which commands run. */
export const allowlistSuite: TargetSuite = {
  file: "conformance/target/checks/allowlist.ts",
  checks: [forbiddenCommands, ...shells],
};
