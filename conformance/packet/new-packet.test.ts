import { afterAll, beforeAll, expect, it } from "vitest";
import { newPacket } from "./new-packet.js";
import { requiredFields } from "./packet-fields.js";
import { preFlight } from "./pre-flight.js";
import { type PacketWorld, packetOf, packetWorld } from "./testdata/packet-world.js";

let world: PacketWorld;
beforeAll(() => {
  world = packetWorld();
});
afterAll(() => world[Symbol.dispose]());

it("has every field, and the pre-flight names each that is to be filled in", () => {
  const packet = packetOf(newPacket("WP-1", "Gates", "docs/spec-v2.md", "docs/TASK_BOARD.md"));
  expect(requiredFields().filter((name) => !packet.fields.has(name))).toEqual([]);
  expect(preFlight(packet, "WP-1", world.root).map(({ message }) => message.split(" ")[0])).toEqual([
    ...["ROLE", "SCOPE.WHAT", "SCOPE.WHY", "SCOPE.SPEC_ANCHOR", "RISK_TIER.LEVEL", "RISK_TIER.RATIONALE", "TEST_PLAN"],
    ...["DONE_MEANS", "BOOTSTRAP.FILES_TO_OPEN", "BOOTSTRAP.SEARCH_TERMS", "BOOTSTRAP.RUN_COMMANDS"],
    ...["AUTHORITY.CODEX", "EVIDENCE_MAPPING", "USER_SIGNATURE"],
  ]);
});
