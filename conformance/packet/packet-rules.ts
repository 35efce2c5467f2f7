/**
 * Every rule that a packet can break, by its permanent code: what it says, and whether the stages after it are left
 * out. `CX-573-…` are the pre-flight's. docs/packets.md shows this table; a test holds it to it.
 */
export const packetRules = {
  "CX-573-TEXT": {
    about: "the packet cannot be read: too large, or with characters that hide or change text",
    blocks: true,
  },
  "CX-573-MISSING": { about: "a required field is not there", blocks: true },
  "CX-573-EMPTY": { about: "a required field says nothing", blocks: true },
  "CX-573-DUPLICATE": { about: "a field stands twice", blocks: true },
  "CX-573-MISSPELT": { about: "a label is almost that of a field", blocks: true },
  "CX-573-LOOKALIKE": {
    about: "a label looks like that of a field, but is written with other characters",
    blocks: true,
  },
  "CX-573-PLACEHOLDER": { about: "a field holds the template's words", blocks: true },
  "CX-573-SIGNATURE": { about: "USER_SIGNATURE is pending", blocks: true },
  "CX-573-ID": { about: "TASK_ID is not the packet's name", blocks: true },
  "CX-573-STATUS": { about: "STATUS is none of Ready for Dev, In Progress, Done, Blocked", blocks: true },
  "CX-573-FILE": { about: "a file that is to be opened is not there, or not in the repository", blocks: true },
  "CX-573-SEARCH": { about: "a search term cannot be run", blocks: true },
  "SPEC-CURRENT": { about: "SPEC_CURRENT names no spec, or the packet names another one", blocks: true },
  "SPEC-ANCHOR": { about: "the anchor is not in the current spec", blocks: true },
  "SPEC-POINTER": { about: "a roadmap's section leads to no section of the main body", blocks: true },
  "SPEC-EMPTY": { about: "the sections that the anchor leads to require nothing", blocks: true },
  "SPEC-GAP": { about: "a requirement of those sections is not met", blocks: false },
  "EVIDENCE-PLACEHOLDER": { about: "the evidence is the template's words, or not FILE:LINE", blocks: true },
  "EVIDENCE-OUTSIDE": { about: "the evidence leads out of the repository, or through a symbolic link", blocks: true },
  "EVIDENCE-ABSENT": { about: "the file or the line is not there", blocks: true },
  "EVIDENCE-NOT-CODE": { about: "the line is blank, a comment, or nothing that does something", blocks: true },
  "HYGIENE-FINDING": { about: "a forbidden pattern that no waiver justifies", blocks: false },
  "TEST-FAILED": { about: "a command of TEST_PLAN did not end well", blocks: false },
  "TEST-REFUSED": { about: "the gate refused a command of TEST_PLAN", blocks: false },
  "BOARD-ABSENT": { about: "the task board does not have the packet", blocks: false },
  "BOARD-MISMATCH": { about: "the task board shows another status, or the packet twice", blocks: false },
} as const satisfies Record<string, { about: string; blocks: boolean }>;

/** The codes of the rules that a packet can break. */
export type PacketRule = keyof typeof packetRules;

/** One thing that is wrong with a packet, or with what it points at. Each makes the verdict FAIL. */
export type PacketFinding = {
  readonly rule: PacketRule;
  readonly message: string;
  readonly file: string;
  /** From 1; absent where it is about the file as a whole. */
  readonly row?: number;
  readonly hint?: string;
};

/**
 * Whether later stages are left out for these findings.
 *
 * @requirement MEX-13, MEX-15
 */
export function isBlocked(findings: readonly PacketFinding[]): boolean {
  return findings.some(({ rule }) => packetRules[rule].blocks);
}
