import { appendFileSync, closeSync, openSync } from "node:fs";
import { redactJson } from "../token/index.js";

/** A file of decisions, one JSON object a line. Dispose of it to close it. */
export interface DecisionLog extends Disposable {
  /** Returns once the operating system has the line. Throws where it cannot be written, which refuses what was decided. */
  append(line: string): void;
}

/** Opens a file that its owner alone may read, and appends to it. Throws where it cannot be opened. */
export function openDecisionLog(file: string): DecisionLog {
  const descriptor = openSync(file, "a", 0o600);
  return {
    append: (line) => appendFileSync(descriptor, safeLine(line)),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

/**
 * A line without tokens and keys. Where there were any it says so, as OPA does: what is replayed is then not what was decided.
 *
 * @requirement EXE-16
 */
export function safeLine(line: string): string {
  const event: unknown = JSON.parse(line);
  const redacted = redactJson(event);
  if (redacted === JSON.stringify(event)) return line;
  return `${JSON.stringify({ ...JSON.parse(redacted), masked: ["/input"] })}\n`;
}
