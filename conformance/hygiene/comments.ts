import type { SearchedFile } from "./searched-file.js";

/** A comment with its delimiters, and where it stands. */
type Comment = { readonly offset: number; readonly text: string };

const hash = /(?:^|[ \t])#.*$/gm;
const dashes = /(?:^|[ \t])--.*$/gm;
const slashes = /(?:^|[ \t;{}])\/\/.*$|\/\*(?:[\s\S]*?\*\/|[\s\S]*)/gm;
const markup = /<!--(?:[\s\S]*?-->|[\s\S]*)/g;

/** How comments are written where nothing parses the file; a `#` inside a text is taken for one after a blank.
 * What is not closed goes on to the end, so that each character is looked at once. */
const leads: Readonly<Record<string, RegExp>> = {
  ...each(hash, "yaml yml sh bash zsh toml rb pl rego tf cfg conf properties mk nix ex exs r jl"),
  ...each(dashes, "sql lua hs elm adb ads"),
  ...each(slashes, "c h cc cpp hpp cs swift kt kts scala dart php proto zig groovy css scss jsonc"),
  ...each(markup, "md markdown html htm xml svg vue"),
};
const names: Readonly<Record<string, RegExp>> = { Makefile: hash, Dockerfile: hash, justfile: hash };

/** The comments of a file: by its syntax where its language is parsed, else by how such files write them. */
export function commentsOf(source: SearchedFile): readonly Comment[] {
  const parsed = source.parsed();
  if (parsed !== undefined) return parsed.comments();
  const name = source.file.split("/").at(-1) ?? "";
  const suffix = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const lead = Object.hasOwn(names, name) ? names[name] : Object.hasOwn(leads, suffix) ? leads[suffix] : undefined;
  if (lead === undefined || source.text === undefined) return [];
  return Array.from(source.text.matchAll(lead), ({ index, 0: text }) => ({ offset: index, text }));
}

function each(lead: RegExp, suffixes: string): Readonly<Record<string, RegExp>> {
  return Object.fromEntries(suffixes.split(" ").map((suffix) => [suffix, lead]));
}
