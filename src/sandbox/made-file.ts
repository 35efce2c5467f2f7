import { chmodSync, writeFileSync } from "node:fs";

/** Makes a file with exactly this mode, whatever the umask. @returns its path */
export function makeFile(path: string, content: string | Buffer, mode: number): string {
  writeFileSync(path, content, { flag: "wx", mode: 0o600 });
  chmodSync(path, mode);
  return path;
}
