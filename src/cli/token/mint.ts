import { readFile, writeFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { systemClock, systemRandom } from "../../host/index.js";
import {
  ApprovalFacts,
  err,
  isRecord,
  ok,
  type Problem,
  parserOf,
  parseStrictJson,
  type Result,
} from "../../model/index.js";
import {
  humanRoles,
  type KeySet,
  type MintableApproval,
  type MintedToken,
  machineRoles,
  mintForApproval,
  mintForPilot,
  readKeyFile,
} from "../../token/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import type { MintFlags } from "../token.js";

/** Mints a token of either kind. */
export async function mint(approvalId: string | undefined, flags: MintFlags, terminal: Terminal): Promise<number> {
  const byApproval = approvalId !== undefined && flags.approval !== undefined;
  const byRole = flags.role !== undefined && flags.pilot !== undefined;
  if (byApproval === byRole || (byRole && approvalId !== undefined)) {
    const message = "say what to mint: an approval's id with --approval, or --role with --pilot";
    const hint = "lockkeeper token mint --role ADMIN --pilot ann, or lockkeeper token mint ID --approval FILE";
    throw new CommandFailure([{ code: "usage/missing", message, hint }]);
  }
  const keys = await readKeyFile(flags.keys);
  if (!keys.ok) throw new CommandFailure(keys.error);
  const minted = byApproval ? await capabilityOf(approvalId, flags, keys.value) : await bearerOf(flags, keys.value);
  if (!minted.ok) throw new CommandFailure([minted.error], minted.error.code.startsWith("approval/") ? 2 : 1);
  await give(minted.value, flags.out, terminal);
  return 0;
}

async function capabilityOf(id: string, flags: MintFlags, keySet: KeySet): Promise<Result<MintedToken, Problem>> {
  const { approval: file = "-", lifeS } = flags;
  const text = file === "-" ? await textOf(process.stdin) : await readFile(file, "utf8").catch(unreadable(file));
  const approval = approvalIn(text, file);
  if (!approval.ok) return approval;
  return mintForApproval(id, {
    keySet: () => keySet,
    clock: systemClock,
    random: systemRandom,
    findApproval: async () => approval.value,
    ...(lifeS === undefined ? {} : { grant: { life_s: lifeS } }),
  });
}

/** Of what `approval show` prints, the facts alone matter here; what else it says is passed over. */
function approvalIn(text: string, file: string): Result<MintableApproval, Problem> {
  const document = parseStrictJson(text, file);
  const [fault] = document.ok ? [] : document.error;
  if (fault !== undefined) return err(fault);
  const value: unknown = document.ok ? document.value.value : undefined;
  const shown = isRecord(value) && isRecord(value.approval) ? value.approval : value;
  const facts = isRecord(shown) ? Object.keys(ApprovalFacts.properties).map((key) => [key, shown[key]] as const) : [];
  const parsed = parseFacts(Object.fromEntries(facts.filter(([, member]) => member !== undefined)));
  if (!parsed.ok) {
    const [issue] = parsed.error;
    const message = `this is no approval: ${issue?.path.slice(1)} ${issue?.message}`;
    return err({ code: "schema/invalid", message, place: { file } });
  }
  const hashes = ["binary_sha256", "bundle_sha256"].map((key) => [key, isRecord(shown) ? shown[key] : undefined]);
  return ok({ ...parsed.value, ...Object.fromEntries(hashes.filter(([, hash]) => typeof hash === "string")) });
}

const parseFacts = parserOf(ApprovalFacts);

async function bearerOf(flags: MintFlags, keySet: KeySet): Promise<Result<MintedToken, Problem>> {
  const { role = "", pilot: pilotId = "", expiresMinutes } = flags;
  const roles = [...humanRoles, ...machineRoles];
  const parts = { keySet: () => keySet, clock: systemClock, random: systemRandom, roles };
  return mintForPilot({ pilotId, role, expiresMinutes }, parts);
}

async function give({ token, jti, exp_s }: MintedToken, out: string | undefined, terminal: Terminal): Promise<void> {
  const expires_at = new Date(exp_s * 1000).toISOString();
  if (out !== undefined) {
    await writeFile(out, `${token}\n`, { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
      const message = error.code === "EEXIST" ? "there is a file already" : `cannot be written: ${error.message}`;
      throw new CommandFailure([{ code: "usage/flag", message, place: { file: out }, hint: "choose another name" }]);
    });
  }
  if (terminal.json)
    terminal.out(JSON.stringify({ ok: true, jti, expires_at, ...(out === undefined ? { token } : { file: out }) }));
  else {
    terminal.out(out ?? token);
    terminal.note(`good until ${expires_at}`);
  }
}

function unreadable(file: string) {
  return (error: NodeJS.ErrnoException): never => {
    const message = error.code === "ENOENT" ? "there is no such file" : `cannot be read: ${error.message}`;
    throw new CommandFailure([{ code: "usage/missing", message, place: { file } }]);
  };
}
