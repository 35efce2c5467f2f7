/** A field's full name: `TASK_ID`, or `SCOPE.WHAT` for a member of the group `SCOPE`. */
export type FieldName = string;

/**
 * The fields that a work packet must have. A group stands as a heading with its members below it; a member counts only
 * there.
 *
 * @requirement MEX-13
 */
export function requiredFields(): readonly FieldName[] {
  return [
    "TASK_ID",
    "ROLE",
    "STATUS",
    "SCOPE",
    "RISK_TIER",
    "TEST_PLAN",
    "DONE_MEANS",
    "BOOTSTRAP",
    "AUTHORITY",
    "EVIDENCE_MAPPING",
    "USER_SIGNATURE",
    "SCOPE.WHAT",
    "SCOPE.WHY",
    "SCOPE.SPEC_ANCHOR",
    "RISK_TIER.LEVEL",
    "RISK_TIER.RATIONALE",
    "BOOTSTRAP.FILES_TO_OPEN",
    "BOOTSTRAP.SEARCH_TERMS",
    "BOOTSTRAP.RUN_COMMANDS",
    "BOOTSTRAP.RISK_MAP",
    "AUTHORITY.SPEC_CURRENT",
    "AUTHORITY.CODEX",
    "AUTHORITY.TASK_BOARD",
  ];
}

/** Fields that have a meaning where they are given. */
const optionalFields: readonly FieldName[] = ["SCOPE.IN_SCOPE_PATHS"];

/** Names by group; the group `""` holds those that stand alone, groups among them. */
const namesByGroup: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...Map.groupBy([...requiredFields(), ...optionalFields], groupOf)].map(([group, names]) => [
    group,
    new Set(names.map((name) => name.slice(group === "" ? 0 : group.length + 1))),
  ]),
);

/** The group that a field is a member of, `""` where it stands alone. */
export function groupOf(name: FieldName): string {
  return name.slice(0, Math.max(0, name.indexOf(".")));
}

/** Whether a field has members of its own. */
export function isGroup(name: string): boolean {
  return name !== "" && namesByGroup.has(name);
}

/** What a label in a document means. */
export type LabelMeaning =
  | { readonly kind: "field"; readonly name: FieldName }
  /** Written with characters that only look like those of the field. */
  | { readonly kind: "lookalike"; readonly name: FieldName }
  | { readonly kind: "misspelt"; readonly name: FieldName }
  | { readonly kind: "other" };

/**
 * Says what a label means within a group. Case, spaces, hyphens and underscores make no difference.
 *
 * @param group - the group whose members may stand here; empty where none
 */
export function meaningOf(label: string, group: string): LabelMeaning {
  const groups = group === "" ? [""] : [group, ""];
  const key = keyOf(label);
  for (const one of groups) if (namesByGroup.get(one)?.has(key)) return { kind: "field", name: fullName(one, key) };
  const skeleton = skeletonOf(label);
  for (const one of groups) {
    if (namesByGroup.get(one)?.has(skeleton)) return { kind: "lookalike", name: fullName(one, skeleton) };
  }
  for (const one of groups) {
    for (const name of namesByGroup.get(one) ?? []) {
      if (isMisspelling(key, name)) return { kind: "misspelt", name: fullName(one, name) };
    }
  }
  return { kind: "other" };
}

function fullName(group: string, name: string): FieldName {
  return group === "" ? name : `${group}.${name}`;
}

function keyOf(label: string): string {
  return label
    .trim()
    .replace(/[\s_-]+/g, "_")
    .toUpperCase();
}

/** Latin capitals by the letters of other scripts that look like them (Unicode TS 39, the common ones). */
const lookalikes: Readonly<Record<string, string>> = {
  ...letters("АВЕЅІЈКМНОРСТУХԚԜҮЗ", "ABESIJKMHOPCTYXQWY3"),
  ...letters("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ABEZHIKMNOPTYXC"),
  ...letters("ᎪᏴᏟᎠᎬᏀᎻᏆᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ", "ABCDEGHIJKLMPRSTVWZ"),
  ...letters("ԁһӏ", "DHL"),
  0: "O",
  1: "I",
  "|": "I",
  "‐": "_",
  "‑": "_",
  "–": "_",
  "—": "_",
  "﹘": "_",
  ˍ: "_",
  "‗": "_",
};

function letters(from: string, to: string): Record<string, string> {
  return Object.fromEntries([...from].map((letter, index) => [letter, to[index] ?? ""]));
}

/** The label as it looks: compatibility forms folded, invisible characters and accents gone, letters of other scripts replaced. */
function skeletonOf(label: string): string {
  const folded = label.normalize("NFKD").replace(/[\p{M}\p{Cf}\p{Cc}]/gu, "");
  const shown = [...folded].map((letter) => lookalikes[letter] ?? lookalikes[letter.toUpperCase()] ?? letter);
  return keyOf(shown.join(""));
}

/** One or two slips of the pen in a long name, one in a short one; names of four letters and less are too short to tell. */
function isMisspelling(key: string, name: string): boolean {
  const allowed = name.length > 8 ? 2 : name.length > 4 ? 1 : 0;
  const bare = key.replaceAll("_", "") === name.replaceAll("_", "");
  return bare || (allowed > 0 && Math.abs(key.length - name.length) <= allowed && distance(key, name) <= allowed);
}

/** Letters to add, drop, replace or swap with their neighbour to get from one to the other. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let col = 1; col <= to.length; col++) {
      const same = from[row - 1] === to[col - 1] ? 0 : 1;
      let best = Math.min((last[col] ?? 0) + 1, (next[col - 1] ?? 0) + 1, (last[col - 1] ?? 0) + same);
      const swapped = row > 1 && col > 1 && from[row - 1] === to[col - 2] && from[row - 2] === to[col - 1];
      if (swapped) best = Math.min(best, (before[col - 2] ?? 0) + 1);
      next.push(best);
    }
    before = last;
    last = next;
  }
  return last[to.length] ?? 0;
}
