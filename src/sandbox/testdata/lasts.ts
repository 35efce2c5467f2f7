/** A program that runs a command which does not end, until it is killed itself. */
import { openWorld } from "./world.js";

await using world = await openWorld();
await world.sh("exec sleep 777014");
