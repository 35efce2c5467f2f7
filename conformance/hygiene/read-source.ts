import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HygieneSource } from "./hygiene-finding.js";
import { grammarOf } from "./parsed-source.js";

/** Largest file whose text is read, in bytes. */
const maxText = 16 * 1024 * 1024;
/** How far in a NUL is looked for, in bytes, as git does. */
const binaryHead = 8000;

/** What came of reading a file: it, nothing (a link, a folder, gone since it was listed), or why not. */
export type Read = { readonly source: HygieneSource } | { readonly problem: string } | undefined;

/**
 * A reader of files below a root. No symbolic link is followed, neither the file itself nor a folder on the way.
 *
 * @param root - as `realpath` gives it
 */
export function sourceReader(root: string): (file: string) => Promise<Read> {
  const folders = new Map<string, Promise<boolean>>();
  const isPlain = (folder: string): Promise<boolean> => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const asked = realpath(join(root, folder)).then(
      (real) => real === join(root, folder),
      () => false,
    );
    folders.set(folder, asked);
    return asked;
  };
  return async (file) => {
    try {
      if (!(await isPlain(dirname(file)))) return undefined;
      const handle = await open(join(root, file), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const stat = await handle.stat();
        if (!stat.isFile()) return undefined;
        const bytes = stat.size;
        if (bytes <= maxText) return { source: sourceOf(file, await handle.readFile()) };
        const head = Buffer.alloc(binaryHead);
        await handle.read(head, 0, binaryHead, 0);
        const { binary } = sourceOf(file, head);
        if (grammarOf(file, "") === undefined) return { source: { file, bytes, binary } };
        return { problem: `a program of ${bytes} bytes is too large to be searched` };
      } finally {
        await handle.close();
      }
    } catch (thrown) {
      const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
      // What a name stands for that could not be decoded is there, and cannot be opened by it.
      if (file.includes("\u{fffd}")) return { problem: "the name of the file is no UTF-8" };
      if (code === "ENOENT" || code === "ELOOP" || code === "ENXIO") return undefined;
      return { problem: thrown instanceof Error ? thrown.message.replace(join(root, file), file) : String(thrown) };
    }
  };
}

/** A file with a NUL near its beginning is binary, as git has it, unless its name says that it is a program. */
function sourceOf(file: string, content: Buffer): HygieneSource {
  const bytes = content.length;
  const wide = content[0] === 0xff && content[1] === 0xfe;
  const text = new TextDecoder(wide ? "utf-16le" : "utf-8").decode(content);
  const binary = !wide && content.subarray(0, binaryHead).includes(0) && grammarOf(file, "") === undefined;
  // Parsers take a NUL for the end of the text.
  return binary ? { file, bytes, binary } : { file, bytes, binary, text: text.replaceAll("\0", " ") };
}
