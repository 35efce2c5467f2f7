import { existsSync } from "node:fs";
import { BubblewrapSandbox, type Sandbox, type SandboxOptions } from "./sandbox.js";

const usualPlaces = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"];

/** Opens the strongest sandbox that this machine has. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  if (process.platform !== "linux") throw new Error("execution needs Linux");
  const file = options.bubblewrap ?? usualPlaces.find((path) => existsSync(path));
  if (file === undefined) throw new Error("bubblewrap is not installed");
  return BubblewrapSandbox.open(options, file);
}
