import { spawn } from "node:child_process";

/** Runs `crash-writer.ts`, kills it in the middle of its work, and gives the executions that it was told are open. */
export async function toldUntilKilled(args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(process.execPath, ["--import", "tsx", "src/store/testdata/crash-writer.ts", ...args]);
  let printed = "";
  const exit = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  child.stdout.on("data", (chunk) => {
    printed += chunk;
    if (printed.split("\n").length > 40) child.kill("SIGKILL");
  });
  await exit;
  return printed.slice(0, printed.lastIndexOf("\n")).split("\n");
}
