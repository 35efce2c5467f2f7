import { Approval, KillSwitchState } from "../approval/index.js";
import { type Parser, parserOf } from "../model/index.js";

/**
 * Reads an approval as it was stored.
 *
 * @throws where it is none: somebody edited the store by hand
 */
export const approvalFrom = readerOf("approval", parserOf(Approval));

/**
 * Reads the kill switch as it was stored.
 *
 * @throws where it is none: somebody edited the store by hand
 */
export const killSwitchFrom = readerOf("kill switch", parserOf(KillSwitchState));

function readerOf<T>(what: string, parse: Parser<T>): (text: string) => T {
  return (text) => {
    const parsed = parse(JSON.parse(text));
    if (parsed.ok) return parsed.value;
    throw new Error(`the ${what} in the store is not valid: ${parsed.error.map(({ path }) => path).join(", ")}`);
  };
}
