/** What the attempts say about what holds. */
import { type IsolationFacts, type IsolationKind, isolationKinds, noIsolation } from "../../model/index.js";
import { type Answers, diskBytes, fileBytes, processLimit } from "./probe-program.js";

/** One kind of isolation, whether it was seen to hold, and, where it was not, why. */
export type IsolationProbe = { readonly kind: IsolationKind; readonly holds: boolean; readonly why: string };

/** What was seen. */
export type Seen = {
  /** Who commands run as, on this machine. */
  readonly uid: number;
  /** Whether we are root: only then is a file of ours one that they may not read. */
  readonly asRoot: boolean;
  /** Null where the program did not run, there. */
  readonly outside: Answers | null;
  readonly inside: Answers | null;
  /** Whether the listener saw somebody from inside. */
  readonly connected: boolean;
  /** How a program ended that used twice the memory it may. */
  readonly hungry: "ended" | "killed" | "not_started";
  /** Why limits of control groups are not to be had here. */
  readonly groups: string;
};

const esrch = -3;

type Both = Seen & { readonly inside: Answers; readonly outside: Answers };

/**
 * Why a kind is not in force, or nothing. What was not seen to succeed outside was not seen to fail inside.
 *
 * @requirement SBX-07
 */
function whyNot(kind: IsolationKind, seen: Both): string {
  const { inside, outside } = seen;
  switch (kind) {
    case "user":
      if (seen.uid === 0 || inside.uid === 0) return "commands would run as root";
      return seen.asRoot && inside.ownersOnly >= 0 ? "a file of root's could be read" : "";
    case "mount":
      if (outside.outside < 0) return "no file to try with could be made";
      if (inside.outside >= 0) return "a file outside of the workspace could be read";
      return inside.root >= 0 || inside.workspace >= 0 ? "a file could be made where nothing may be written" : "";
    case "pid":
      if (outside.signal === esrch) return "no process to try with was seen";
      return inside.signal !== esrch || inside.parent !== 1 ? "processes of this machine could be seen" : "";
    case "net":
      if (outside.connect < 0) return "no port to try with could be opened";
      return inside.connect >= 0 || seen.connected ? "a port of this machine could be reached" : "";
    case "ipc":
      if (outside.segment < 0) return "no shared memory to try with could be made";
      return inside.segment >= 0 ? "shared memory of this machine could be reached" : "";
    case "seccomp":
      if (outside.personality < 0) return "no system call to try with was allowed";
      return inside.personality >= 0 ? "a refused system call was carried out" : "";
    case "memory":
      return seen.hungry === "killed" ? "" : because("a program used more memory than it may", seen.groups);
    case "pids":
      if (inside.forks > 0 && inside.forks < processLimit) return "";
      return because(`${inside.forks} processes were started where ${processLimit} may be`, seen.groups);
    case "disk":
      if (inside.firstWrite !== fileBytes) return "nothing could be written";
      return inside.firstWrite + Math.max(0, inside.secondWrite) > diskBytes ? "more could be written than may be" : "";
  }
}

function because(what: string, why: string): string {
  return why === "" ? what : `${what} (${why})`;
}

/** Judges every kind. */
export function judge(seen: Seen): IsolationProbe[] {
  const { inside, outside } = seen;
  return isolationKinds.map((kind) => {
    if (inside === null || outside === null) {
      const where = inside === null ? "in the sandbox" : "outside of the sandbox";
      return { kind, holds: false, why: `the probe did not run ${where}` };
    }
    const why = whyNot(kind, { ...seen, inside, outside });
    return { kind, holds: why === "", why };
  });
}

/** The facts that the rules see. */
export function factsOf(probes: readonly IsolationProbe[]): IsolationFacts {
  return { ...noIsolation, ...Object.fromEntries(probes.map(({ kind, holds }) => [kind, holds])) };
}
