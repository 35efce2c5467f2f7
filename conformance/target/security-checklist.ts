import type { TargetResult } from "./check.js";

/** How an item of the checklist stands: it holds, it does not, or nothing shows either. */
export type ItemStatus = "yes" | "no" | "unknown";

/** One item of the security checklist, computed. */
export type ChecklistItem = {
  readonly id: SecurityItem;
  readonly title: string;
  readonly status: ItemStatus;
  /** What it was computed from: how many passed, and what did not. */
  readonly findings: readonly string[];
};

/** The seven items of the source, in its order; the checks that speak for each, by the beginning of their ids. */
export const securityItems = {
  signature_validation: { title: "Signatures are validated", checks: ["http-tokens-"], requirements: ["EXE-03"] },
  expiry: { title: "Tokens expire", checks: ["http-tokens-"], requirements: ["EXE-02"] },
  single_use: { title: "A token is good for one execution", checks: ["http-replay-"], requirements: ["EXE-04"] },
  injection_prevention: {
    title: "Nothing is injected",
    checks: ["http-allowlist-", "http-malformed-", "http-wire-"],
    requirements: ["EXE-14", "EXE-15", "EXE-18"],
  },
  audit_complete: { title: "The audit is complete", checks: ["http-execute-recorded"], requirements: ["EXE-09"] },
  errors_leak_nothing: { title: "Errors leak nothing", checks: ["http-leaks-"], requirements: ["EXE-16"] },
  no_hard_coded_secret: { title: "No secret is hard-coded", checks: [], requirements: [] },
} as const;
export type SecurityItem = keyof typeof securityItems;

/** What a search for secrets found; undefined where nobody searched. */
export type SecretSearch = { readonly files: number; readonly findings: readonly string[] } | undefined;

/** Most findings that an item lists. */
const maxFindings = 20;

/** Computes the seven items from what checks showed and from a search for secrets. None is ticked by hand. */
export function securityChecklist(results: readonly TargetResult[], secrets: SecretSearch): readonly ChecklistItem[] {
  return itemIds.map((id) => {
    const { title } = securityItems[id];
    return id === "no_hard_coded_secret"
      ? { id, title, ...secretStatus(secrets) }
      : { id, title, ...statusOf(results.filter((one) => speaksFor(one, id))) };
  });
}

const itemIds = [
  "signature_validation",
  "expiry",
  "single_use",
  "injection_prevention",
  "audit_complete",
  "errors_leak_nothing",
  "no_hard_coded_secret",
] as const satisfies readonly SecurityItem[];

/** @requirement EXE-26 */
export function speaksFor({ check }: Pick<TargetResult, "check">, item: SecurityItem): boolean {
  const { checks, requirements } = securityItems[item];
  const isOf = checks.some((beginning) => check.id.startsWith(beginning));
  return isOf && requirements.some((id) => check.requirements.includes(id));
}

/**
 * An item holds where at least one of its checks passed and none failed. Checks that were skipped show nothing.
 *
 * @requirement EXE-26
 */
export function statusOf(results: readonly TargetResult[]): Pick<ChecklistItem, "status" | "findings"> {
  const failed = results.flatMap(({ check, verdict }) =>
    verdict.status === "fail" ? [`${check.id}: ${verdict.detail}`] : [],
  );
  if (failed.length > 0) return { status: "no", findings: failed.slice(0, maxFindings) };
  const count = results.filter(({ verdict }) => verdict.status === "pass").length;
  if (count === 0) return { status: "unknown", findings: ["none of its checks could be run"] };
  return { status: "yes", findings: [`${count} checks passed`] };
}

/** @requirement EXE-26 */
export function secretStatus(secrets: SecretSearch): Pick<ChecklistItem, "status" | "findings"> {
  if (secrets === undefined || secrets.files === 0) return { status: "unknown", findings: ["nothing was searched"] };
  if (secrets.findings.length > 0) return { status: "no", findings: secrets.findings.slice(0, maxFindings) };
  return { status: "yes", findings: [`no secret in ${secrets.files} files`] };
}

/**
 * The items that fail: with one of them no verdict passes.
 *
 * @requirement EXE-26
 */
export function failingItems(items: readonly ChecklistItem[]): readonly ChecklistItem[] {
  return items.filter(({ status }) => status === "no");
}

/** A person's word that they have looked at this very checklist. */
export type SignOff = { readonly name: string; readonly date: string; readonly checklist_sha256: string };

/** What the checklist comes to, with a person's sign-off. */
export type SecurityReview = {
  readonly verdict: "pass" | "fail" | "unsigned";
  readonly items: readonly ChecklistItem[];
  /** What a sign-off names. */
  readonly checklist_sha256: string;
  readonly signed_off: Pick<SignOff, "name" | "date"> | null;
};

/**
 * What a checklist comes to. A sign-off cannot mend an item, and counts only for the checklist that it names.
 *
 * @requirement EXE-26
 */
export function reviewVerdict(
  items: readonly ChecklistItem[],
  signOff: Pick<SignOff, "checklist_sha256"> | null,
  checklist_sha256: string,
): SecurityReview["verdict"] {
  if (items.some(({ status }) => status !== "yes")) return "fail";
  return signOff?.checklist_sha256 === checklist_sha256 ? "pass" : "unsigned";
}
