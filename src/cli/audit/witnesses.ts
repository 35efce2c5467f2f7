import { resolve } from "node:path";
import { fileWitness, httpWitness, type Witness } from "../../audit/index.js";
import { CommandFailure } from "../terminal.js";
import type { GatewayFlags } from "./checkpoint-keys.js";

/** Who else is asked and told. */
export type WitnessFlags = GatewayFlags & { readonly witness: readonly string[] };

/** The witnesses that flags name, addresses or files; where they name none, that of the gateway whose log it is. */
export function witnessesOf({ witness, gateway }: WitnessFlags): readonly Witness[] {
  if (witness.length > 0)
    return witness.map((place) => (/^https?:/i.test(place) ? addressed(place) : fileWitness(place)));
  const configured = gateway?.settings.audit.witness ?? null;
  if (gateway === undefined || configured === null) return [];
  return ["file" in configured ? fileWitness(resolve(gateway.root, configured.file)) : addressed(configured.url)];
}

function addressed(url: string): Witness {
  if (URL.canParse(url)) return httpWitness(url);
  throw new CommandFailure([{ code: "usage/flag", message: `this is no address: ${url}` }]);
}
