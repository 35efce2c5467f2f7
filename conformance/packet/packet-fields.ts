/**
 * The fields of a work packet. A group stands as a heading with its members below it; a member counts only there.
 * Fields that are not required have a meaning where they are given.
 */
export const packetFields = {
  TASK_ID: { required: true },
  ROLE: { required: true },
  STATUS: { required: true },
  SCOPE: { required: true, members: { WHAT: true, WHY: true, SPEC_ANCHOR: true, IN_SCOPE_PATHS: false } },
  RISK_TIER: { required: true, members: { LEVEL: true, RATIONALE: true } },
  TEST_PLAN: { required: true },
  DONE_MEANS: { required: true },
  BOOTSTRAP: {
    required: true,
    members: { FILES_TO_OPEN: true, SEARCH_TERMS: true, RUN_COMMANDS: true, RISK_MAP: true },
  },
  AUTHORITY: { required: true, members: { SPEC_CURRENT: true, CODEX: true, TASK_BOARD: true } },
  EVIDENCE_MAPPING: { required: true },
  USER_SIGNATURE: { required: true },
} as const satisfies Record<string, { required: boolean; members?: Record<string, boolean> }>;

/** A field's full name: `TASK_ID`, or `SCOPE.WHAT` for a member. */
export type FieldName = string;

/** Names by group; the group `""` holds those that stand alone, groups among them. */
const namesByGroup: ReadonlyMap<string, ReadonlyMap<string, boolean>> = new Map([
  ["", new Map(Object.entries(packetFields).map(([name, { required }]) => [name, required]))],
  ...Object.entries(packetFields).flatMap(([name, field]): [string, ReadonlyMap<string, boolean>][] =>
    "members" in field ? [[name, new Map(Object.entries<boolean>(field.members))]] : [],
  ),
]);

/** The full names that must be there. */
export const requiredFields: readonly FieldName[] = [...namesByGroup].flatMap(([group, names]) =>
  [...names].filter(([, required]) => required).map(([name]) => fullName(group, name)),
);

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
    for (const name of namesByGroup.get(one)?.keys() ?? []) {
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
