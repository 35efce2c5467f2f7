import type { Figure } from "./figure.js";
import { decisionApiFigures } from "./gateway-decisions.js";
import { executeFigures } from "./gateway-execute.js";
import { memoryFigures } from "./gateway-memory.js";

/** What the gateway costs: its decisions beside OPA's server, its executions beside the bare spawner, its memory. */
export async function gatewayFigures(): Promise<Figure[]> {
  return [...(await executeFigures()), ...(await decisionApiFigures()), ...(await memoryFigures())];
}
