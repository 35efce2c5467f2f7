/**
 * The work packet of the safety gates, as texts of our own after the reports that its source had: as somebody left it half
 * written, and complete.
 */
export const incompletePacket = `# Work packet: WP-1-MEX-Safety-Gates

## METADATA
- TASK_ID: WP-1-MEX-Safety-Gates
- ROLE: Orchestrator
- STATUS: In Progress

## SCOPE
- **What**: Guard, container and quota gates, with provenance, in front of every execution.
- **Why**: Nothing may run that nobody granted.
- **SPEC_ANCHOR**: §7.6.3.10

## RISK_TIER
- Level: HIGH

## DONE_MEANS
- [Requirement]

## BOOTSTRAP
- FILES_TO_OPEN:
  - docs/spec.md
  - src/mex/gates.ts
- RISK_MAP:
  - "spec mismatch" -> "validate SPEC_CURRENT and the anchor"
  - "placeholder evidence" -> "block"
  - "forbidden pattern" -> "scan"

## AUTHORITY
- SPEC_CURRENT: docs/spec.md
- Codex: docs/CODEX.md
- Task Board: docs/TASK_BOARD.md

## EVIDENCE_MAPPING
- [Requirement] -> [File:Line]

**USER_SIGNATURE:** <pending>
`;

/**
 * The packet with everything filled in.
 *
 * @param given - the anchor and the spec it is in, the files to open, the tests, and a line of evidence for each requirement
 */
export function completePacket(given: {
  readonly anchor: string;
  readonly spec: string;
  readonly codex: string;
  readonly board: string;
  readonly open: readonly string[];
  readonly tests: readonly string[];
  readonly evidence: readonly string[];
}): string {
  return `# Work packet: WP-1-MEX-Safety-Gates

## METADATA
- TASK_ID: WP-1-MEX-Safety-Gates
- ROLE: Coder
- STATUS: In Progress

## SCOPE
- **What**: Guard, container and quota gates, with provenance, in front of every execution.
- **Why**: Nothing may run that nobody granted.
- **SPEC_ANCHOR**: ${given.anchor}

## RISK_TIER
- Level: HIGH
- Rationale: what passes the gates runs with the rights of the machine.

## TEST_PLAN
\`\`\`text
${given.tests.join("\n")}
\`\`\`

## DONE_MEANS
- Every rule, schema and invariant of the sections that the anchor leads to is met.

## BOOTSTRAP
- FILES_TO_OPEN:
${given.open.map((file) => `  - \`${file}\``).join("\n")}
- SEARCH_TERMS:
  - "isolation"
  - "quota"
- RUN_COMMANDS:
  - \`git status\`
- RISK_MAP:
  - "spec mismatch" -> "validate SPEC_CURRENT and the anchor"
  - "placeholder evidence" -> "block"
  - "forbidden pattern" -> "scan"

## AUTHORITY
- SPEC_CURRENT: ${given.spec}
- Codex: ${given.codex}
- Task Board: ${given.board}

## EVIDENCE_MAPPING
${given.evidence.map((line) => `- ${line}`).join("\n")}

**USER_SIGNATURE:** Anna Berg, 2025-12-25
`;
}

/** The files of a repository whose gates are not written: the spec asks for four things, the module is there and empty. */
export const repositoryWithoutGates: Readonly<Record<string, string>> = {
  "docs/SPEC_CURRENT.md": "The current spec: docs/spec.md\n",
  "docs/spec.md": `# Spec

## 6 Execution
### 6.3.0 Gates
- [MEX-GUARD] A command MUST run only with the capability for it.
- [MEX-CONTAINER] A command MUST run only inside the sandbox that its risk asks for.

## 7 Plan
### 7.6.3.10 Safety gates
- Build the guard, container and quota gates of §6.3.0, with the provenance of §11.8.

## 11 Contracts
### 11.8 Provenance
- [MEX-PROVENANCE] An execution MUST record who approved it.

\`\`\`json
{"type": "object", "required": ["approved_by"]}
\`\`\`
`,
  "docs/CODEX.md": "# Codex\n",
  "docs/TASK_BOARD.md": "# Board\n\n## In Progress\n\n- **WP-1-MEX-Safety-Gates**\n",
  "src/mex/gates.ts": "",
  "src/mex/provenance.ts": "// The provenance of executions comes here.\n",
};
