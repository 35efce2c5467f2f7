/** The ways in which somebody who can write to a folder puts other bytes where a program was looked at. */
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";

export const swaps = ["a rename", "overwriting in place", "a symbolic link"] as const;
export type Swap = (typeof swaps)[number];

/** @returns puts the next of the contents there, each time that it is called */
export function swapper(how: Swap, path: string, contents: readonly string[]): () => void {
  let round = 0;
  const targets = contents.map((content, index) => {
    writeFileSync(`${path}-${index}`, content, { mode: 0o755 });
    return `${path}-${index}`;
  });
  writeFileSync(path, contents[0] ?? "", { mode: 0o755 });
  return () => {
    const index = ++round % contents.length;
    const content = contents[index] ?? "";
    const beside = `${path}-beside`;
    if (how === "overwriting in place") return writeFileSync(path, content);
    if (how === "a rename") writeFileSync(beside, content, { mode: 0o755 });
    else symlinkSync(targets[index] ?? path, beside);
    renameSync(beside, path);
    rmSync(beside, { force: true });
  };
}
