import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { documentText, type Packet, parsePacket, type SpecPlace, type ValidationInput } from "../index.js";

/** A small repository in which everything about its packet is in order. Paths from its root. */
export const soundFiles: Readonly<Record<string, string>> = {
  "lockkeeper.yaml": `schema: lockkeeper/config/v1
specs: specs
reports: reports
evidence: {roots: [src], ignore: []}
packets:
  folder: docs/packets
  task_board: docs/TASK_BOARD.md
  spec_current: docs/SPEC_CURRENT.md
  roadmap: ["7.6"]
  main_body: ["1-6", "9-11"]
`,
  "docs/SPEC_CURRENT.md": "The current spec is `docs/spec-v2.md`.\n",
  "docs/spec-v2.md": `# Master spec

## 6 Behaviour
### 6.3 Gates
#### 6.3.0 What a gate does
- [GATE-1] A gate MUST refuse what nobody granted.

Invariant: a refusal is recorded.

## 7 Plan
### 7.6 Roadmap
#### 7.6.3.10 Safety gates
- Ship the gates: see §11.8 and §6.3.0.
- [ROAD-1] The gates MUST be announced.

#### 7.6.3.11 A plan that leads nowhere
- Ship more.

#### 7.6.3.12 A plan that leads astray
- See §10.99.

## 8 Annex
- This MUST not count.

## 11 Interfaces
### 11.8 Gate interface
\`\`\`json
{"allow": true}
\`\`\`

\`\`\`json example
{"allow": false}
\`\`\`

| id | statement |
|---|---|
| GATE-2 | A gate MUST answer within a second |

### 11.9 Nothing yet
To be written.

### 11.80 Other gates
- They MUST be closed.
`,
  "docs/TASK_BOARD.md": "# Board\n\n## Ready for Dev\n\n- WP-2 — More\n\n## In Progress\n\n- **WP-1** — Gates\n",
  "docs/CODEX.md": "# Rules of work\n",
  "src/gate.ts": `// The gate.
import { grants } from "./grants.js";

export function decide(who: string): boolean {
  /* Nobody is granted
     anything by default. */
  return grants.has(who);
}
`,
  "src/grants.ts": 'export const grants = new Set(["anna"]);\n',
};

/** The sound packet; each part can be given another text, and `null` leaves it out. */
export function packetText(parts: Readonly<Record<string, string | null>> = {}): string {
  const all: Record<string, string | null> = {
    title: "# Work packet: WP-1",
    metadata: "## METADATA\n- TASK_ID: WP-1\n- ROLE: Coder\n- STATUS: In Progress",
    scope: "## SCOPE\n- What: gates\n- Why: safety\n- SPEC_ANCHOR: §7.6.3.10\n- IN_SCOPE_PATHS:\n  - src",
    risk: "## RISK_TIER\n- Level: high\n- Rationale: it decides",
    tests: "## TEST_PLAN\n```text\ngrep -c grants src/gate.ts\ntest -f src/grants.ts\n```",
    done: "## DONE_MEANS\n- refused unless granted",
    bootstrap: `## BOOTSTRAP
- FILES_TO_OPEN:
  - \`src/gate.ts\`
- SEARCH_TERMS:
  - "grants"
- RUN_COMMANDS:
  - \`cat src/gate.ts\`
- RISK_MAP:
  - "spec mismatch" -> "validate SPEC_CURRENT"
  - "placeholder evidence" -> "block"
  - "forbidden pattern" -> "scan"
  - "too slow" -> "measure"`,
    authority: `## AUTHORITY
- SPEC_CURRENT: docs/spec-v2.md
- Codex: docs/CODEX.md
- Task Board: docs/TASK_BOARD.md`,
    evidence: `## EVIDENCE_MAPPING
- GATE-1 -> src/gate.ts:7
- §6.3.0/2 -> src/gate.ts:4-8
- §11.8/1 -> src/grants.ts:1
- GATE-2 -> src/gate.ts:4`,
    signature: "**USER_SIGNATURE:** Anna Berg, 2026-11-20",
    ...parts,
  };
  const texts = Object.values(all).filter((text) => text !== null);
  return `${texts.join("\n\n")}\n`;
}

/** A repository on disk. Dispose of it to remove it. */
export type PacketWorld = Disposable & { readonly root: string };

/** Writes the sound repository, with other or more files; `null` leaves one out. */
export function packetWorld(files: Readonly<Record<string, string | null>> = {}): PacketWorld {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "lockkeeper-world-")));
  for (const [file, text] of Object.entries({ ...soundFiles, ...files })) {
    if (text === null) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/** A packet as it is read from a file of that text. */
export function packetOf(text: string): Packet {
  const read = documentText(Buffer.from(text), "docs/packets/WP-1.md");
  const packet = parsePacket(read.text, "docs/packets/WP-1.md");
  return { ...packet, findings: [...read.findings, ...packet.findings] };
}

/** Where the sound repository has its spec. */
export function specPlace(root: string): SpecPlace {
  return {
    root,
    specCurrent: "docs/SPEC_CURRENT.md",
    roadmap: ["7.6"],
    mainBody: ["1-6", "9-11"],
    version: undefined,
  };
}

/** A validation of a packet with a scan that finds nothing and tests that pass. */
export function validationOf(root: string, text: string, more: Partial<ValidationInput> = {}): ValidationInput {
  return {
    id: "WP-1",
    packet: packetOf(text),
    spec: specPlace(root),
    board: "docs/TASK_BOARD.md",
    today: "2026-11-21",
    listFiles: async () => Object.keys(soundFiles).filter((file) => file.startsWith("src/")),
    scan: async () => ({ findings: [], faults: [] }),
    runTests: async (commands) => ({
      isolation: {
        user: false,
        mount: false,
        pid: false,
        net: false,
        ipc: false,
        seccomp: false,
        memory: false,
        pids: false,
        disk: false,
      },
      runs: commands.map((one) => ({
        ...one,
        outcome: "exited",
        exit_code: 0,
        stdout: "2\n",
        stderr: "",
        violations: [],
      })),
    }),
    progress: () => undefined,
    ...more,
  };
}
