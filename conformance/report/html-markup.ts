import { printable } from "../../src/index.js";

/** Markup that may stand in the page as it is. Only {@link html} makes it, so that no text is ever taken for markup. */
export type Markup = { readonly markup: string };

/** What a template may hold: texts are escaped, lists are joined, `undefined` is nothing. */
export type Piece = string | number | Markup | undefined | readonly Piece[];

/** Builds markup: the template's own text stays, everything put in is escaped unless it is markup already. */
export function html(template: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { markup: template.map((text, at) => (at === 0 ? text : `${rendered(pieces[at - 1])}${text}`)).join("") };
}

function rendered(piece: Piece): string {
  if (piece === undefined) return "";
  if (typeof piece === "string") return escapeHtml(piece);
  if (typeof piece === "number") return String(piece);
  return isMarkup(piece) ? piece.markup : piece.map(rendered).join("");
}

function isMarkup(piece: Markup | readonly Piece[]): piece is Markup {
  return !Array.isArray(piece);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes for text and for quoted attributes; control, bidirectional and zero-width characters are shown as escapes, but tabs stay. */
export function escapeHtml(text: string): string {
  const shown = text.split("\t").map(printable).join("\t");
  return shown.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
