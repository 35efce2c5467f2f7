/** A program that was started with more descriptors than it knows of, and runs a command in the sandbox. */
import { openWorld } from "./world.js";

await using world = await openWorld();
process.stdout.write(`inside:\n${(await world.sh("ls /proc/self/fd")).stdout}`);
