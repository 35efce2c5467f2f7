import { type Logger, pino } from "pino";
import { redactJson } from "../token/index.js";

/** Headers that hold credentials, should a log line ever hold headers. */
const paths = ["authorization", "cookie", "x-capability-token", "dpop"].flatMap((name) => [
  `*.headers["${name}"]`,
  `headers["${name}"]`,
]);

/**
 * Logs as JSON lines on a stream, with tokens and keys out of every line, wherever they stood in it.
 *
 * @requirement EXE-16
 */
export function createLogger(level: string, write: (line: string) => void): Logger {
  const base = { level, base: null, redact: { paths, censor: "[redacted]" } };
  return pino({ ...base, timestamp: pino.stdTimeFunctions.isoTime }, { write: (line) => write(redactLine(line)) });
}

/** A line of JSON as it may be shown; a line still, whatever stood in it. */
function redactLine(line: string): string {
  return `${redactJson(JSON.parse(line))}\n`;
}
