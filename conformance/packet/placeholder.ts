/** Words of a template that somebody has yet to replace. */
const words =
  /^(?:tbd|tba|tbc|todo|to do|fixme|xxx+|n\/?a|not yet|none yet|pending|placeholder|unknown|lorem ipsum.*|to be (?:done|defined|determined|decided|added|filled in|announced))$/i;

/**
 * Whether a text is a template's and says nothing: `<what>`, `[File:Line]`, `{{x}}`, `TBD`, dots and dashes alone.
 */
export function isPlaceholder(text: string): boolean {
  const bare = text
    .trim()
    .replace(/^[`'"*_]+|[`'"*_]+$/g, "")
    .replace(/[.!]+$/, "")
    .trim();
  if (bare === "" || !/[\p{L}\p{N}]/u.test(bare)) return true;
  return words.test(bare) || /^<[^>]*>$|^\[[^\]]*\]$|^\{+[^}]*\}+$/.test(bare);
}
