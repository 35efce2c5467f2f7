import { fileWitness, httpWitness, type Witness } from "../../audit/index.js";
import { CommandFailure } from "../terminal.js";

/** The witnesses that flags name: addresses, or files. */
export function witnessesOf(places: readonly string[]): readonly Witness[] {
  return places.map((place) => (/^https?:/i.test(place) ? addressed(place) : fileWitness(place)));
}

function addressed(url: string): Witness {
  if (URL.canParse(url)) return httpWitness(url);
  throw new CommandFailure([{ code: "usage/flag", message: `this is no address: ${url}` }]);
}
