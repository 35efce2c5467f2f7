/** What a packet may be called: the name of its file, too. */
const packetId = /^WP-[A-Za-z0-9](?:[A-Za-z0-9._-]{0,90}[A-Za-z0-9])?$/;

/** Whether a text is a packet's name: `WP-` and at most 92 letters, digits, dots, hyphens and underscores. */
export function isPacketId(text: string): boolean {
  return packetId.test(text) && !text.includes("..");
}

/**
 * The text of a new packet. Its placeholders say what belongs where; `packet check` names each until it is replaced.
 *
 * @param specCurrent - the current spec's path
 */
export function newPacket(id: string, title: string, specCurrent: string, taskBoard: string): string {
  return `# Work packet: ${id}${title === "" ? "" : ` — ${title}`}

## METADATA

- TASK_ID: ${id}
- ROLE: [who does the work]
- STATUS: Ready for Dev

## SCOPE

- What: [what is to be built]
- Why: [what it is for]
- SPEC_ANCHOR: [§1.2, or ids]
- IN_SCOPE_PATHS:
  - [folder or file]

## RISK_TIER

- Level: [low, medium or high]
- Rationale: [why]

## TEST_PLAN

\`\`\`text
# one command a line, words and quotes only
\`\`\`

## DONE_MEANS

- [what must hold]

## BOOTSTRAP

- FILES_TO_OPEN:
  - [path]
- SEARCH_TERMS:
  - [term]
- RUN_COMMANDS:
  - [command]
- RISK_MAP:
  - "spec mismatch" -> "validate SPEC_CURRENT and the anchors"
  - "placeholder evidence" -> "block"
  - "forbidden pattern" -> "scan the scope"

## AUTHORITY

- SPEC_CURRENT: ${specCurrent}
- Codex: [the rules of work]
- Task Board: ${taskBoard}

## EVIDENCE_MAPPING

- [Requirement] -> [File:Line]

## USER_SIGNATURE

[pending]
`;
}
