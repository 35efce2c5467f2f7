import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type GatewaySettings, readSettings } from "../../gateway/index.js";
import { gatewayEnvironment } from "../../host/index.js";
import { CommandFailure } from "../terminal.js";

/** The settings, and the folder that their paths are relative to. */
export type GatewayConfig = { readonly settings: GatewaySettings; readonly root: string };

/**
 * Reads the configuration that was named, or `lockkeeper.yaml` here if there is one, with the environment over it.
 *
 * @throws CommandFailure with every problem and its place
 */
export async function gatewayConfig(named: string | undefined): Promise<GatewayConfig> {
  const file = resolve(named ?? "lockkeeper.yaml");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (named === undefined && error.code === "ENOENT") return "";
    throw new CommandFailure([
      { code: "config/invalid", message: `the configuration cannot be read: ${error.message}`, place: { file } },
    ]);
  });
  const settings = readSettings(text, named ?? "lockkeeper.yaml", gatewayEnvironment());
  if (!settings.ok) throw new CommandFailure(settings.error);
  return { settings: settings.value, root: dirname(file) };
}
