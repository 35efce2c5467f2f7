import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

/** Appends a line to a file that its owner alone may read, durably. */
export function appendLine(file: string, line: string): void {
  const descriptor = openSync(file, "a", 0o600);
  try {
    writeSync(descriptor, line);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
