/**
 * Claim: a command string is either refused, or holds nothing outside quotes that a shell would act upon, and the argv
 * it gives, quoted and parsed again, gives itself.
 *
 * Why: what the rules see must be what runs; a second parser anywhere is where they part.
 * How: words of ordinary, hostile and quoted pieces; an independent scanner strips quotes and looks at what is left.
 */
import fc from "fast-check";
import { type Attack, claim } from "./attack.js";

/** Made when it is run: a generator of every code point takes a second and 100 MB, which importing must not. */
const piece = () =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom("ls", "cat", "-la", "--x=y", "a.txt", " ", "  ", "\t", "é", "src/a.ts") },
    { weight: 1, arbitrary: fc.constantFrom("'", '"', "''", "' '", '";"', "'$(id)'", '"a b"') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ..."; & | < > ( ) $ ` \\ * ? [ ] { } ~ # ! =".split(" "),
        ..."&& || >> << $( ${ $' <( >( ;; |& 2> &> \\\n".split(" "),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "\n",
        "\r",
        "\0",
        "\u00a0",
        "\u200b",
        "\u202e",
        "\u2028",
        "\ufeff",
        "\ud800",
        "\u001b",
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 3 }) },
  );

/** What stands outside quotes; undefined where a quote is not closed. */
function outsideQuotes(text: string): string | undefined {
  const left = text.replaceAll(/'[^']*'|"[^"]*"/g, "");
  return /['"]/.test(left) ? undefined : left;
}

const active = /[;&|<>()$`\\*?[\]{}\n\r\0]/;

export const neverSplitsACommandTwice: Attack = {
  id: "never-splits-a-command-twice",
  claim: "a command string that is accepted holds nothing a shell would act upon, and its argv parses to itself again",
  requirements: ["EXE-14"],
  weight: 1,
  property: ({ parse }) =>
    fc.property(fc.array(piece(), { minLength: 1, maxLength: 14 }), (pieces) => {
      const text = pieces.join("");
      const parsed = parse(text);
      if (!parsed.ok) return;
      const left = outsideQuotes(text);
      claim(left !== undefined && !active.test(left), () => `accepted ${JSON.stringify(text)}`);
      claim(text.isWellFormed(), () => `accepted a lone surrogate in ${JSON.stringify(text)}`);
      const doubled = /"[^"]*[$`][^"]*"/.test(text.replaceAll(/'[^']*'/g, ""));
      claim(!doubled || /'[^']*"/.test(text), () => `accepted an expansion in double quotes: ${JSON.stringify(text)}`);
      const [program = "", ...words] = parsed.value;
      if (words.some((word) => word.includes("'"))) return;
      const again = parse([program, ...words.map((word) => `'${word}'`)].join(" "));
      claim(
        again.ok && again.value.join("\0") === parsed.value.join("\0"),
        () => `${JSON.stringify(text)} parses otherwise again`,
      );
    }),
};
