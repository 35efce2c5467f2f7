import { createReadStream } from "node:fs";
import {
  type Entrypoint,
  entrypoints,
  err,
  isJsonObject,
  type JsonValue,
  ok,
  type Place,
  type Problem,
  parseStrictJson,
  type Result,
} from "../../src/index.js";
import type { Probe } from "./compare-decisions.js";

/** A decision that was recorded: what was asked, and where that stands. */
export type RecordedDecision = Probe & { readonly place: Place };

/** Recorded decisions of a file, and how many could not be asked again. */
export type Recorded = {
  readonly decisions: readonly RecordedDecision[];
  /** Lines about other questions than the contract's, and lines whose input was masked or left out. */
  readonly skipped: number;
};

/** The longest line, in bytes, and the most lines: more than that is for several runs. */
const bounds = { line: 8 * 1024 * 1024, lines: 1_000_000 };

/**
 * Reads a file in the format of OPA's decision logs, one JSON object a line, as `--decision-log` writes it.
 *
 * @returns on failure the first line that is none, with its place; or `internal/io`
 * @see https://www.openpolicyagent.org/docs/management-decision-logs
 */
export async function readDecisions(file: string): Promise<Result<Recorded, readonly Problem[]>> {
  const decisions: RecordedDecision[] = [];
  let [skipped, row] = [0, 0];
  try {
    for await (const line of linesOf(file)) {
      row += 1;
      if (line.trim() === "") continue;
      if (row > bounds.lines) return err([wrong(file, row, `more than ${bounds.lines} lines`)]);
      const parsed = parseStrictJson(line, file, { bytes: bounds.line, depth: 60, nodes: 1_000_000 });
      if (!parsed.ok) return err(parsed.error.map(({ message }) => wrong(file, row, message)));
      if (!isJsonObject(parsed.value.value)) return err([wrong(file, row, "not an object")]);
      const { path, input, erased, masked } = parsed.value.value;
      const entrypoint = entrypointOf(path);
      if (entrypoint === undefined || !isJsonObject(input) || !isNone(erased) || !isNone(masked)) skipped += 1;
      else decisions.push({ entrypoint, input, place: { file, row } });
    }
  } catch (error) {
    if (error instanceof TooLong) return err([wrong(file, row + 1, `longer than ${bounds.line} bytes`)]);
    const message = error instanceof Error ? error.message : String(error);
    return err([{ code: "internal/io", message, place: { file } }]);
  }
  return ok({ decisions, skipped });
}

class TooLong extends Error {}

/** Lines as UTF-8, without ever holding more than one that is as long as one may be. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield rest.subarray(0, end).toString("utf8");
      rest = rest.subarray(end + 1);
    }
    if (rest.length > bounds.line) throw new TooLong();
  }
  if (rest.length > 0) yield rest.toString("utf8");
}

function entrypointOf(path: JsonValue | undefined): Entrypoint | undefined {
  return entrypoints.find((name) => path === `main/${name}`);
}

function isNone(list: JsonValue | undefined): boolean {
  return list === undefined || list === null || (Array.isArray(list) && list.length === 0);
}

function wrong(file: string, row: number, message: string): Problem {
  const hint = "a decision log has one JSON object a line, as lockkeeper exec --decision-log writes it";
  return { code: "json/syntax", message, place: { file, row }, hint };
}
