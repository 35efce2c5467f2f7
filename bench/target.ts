import { bypassFigure, runTarget, startSelf } from "../conformance/target/index.js";
import type { Figure } from "./figure.js";

/** Every attempt of the suites over HTTP, made at a gateway that is started for it. */
export async function targetFigures(): Promise<Figure[]> {
  const started = await startSelf();
  if (!started.ok) throw new Error(started.error.map(({ message }) => message).join("; "));
  await using self = started.value;
  return [bypassFigure(await runTarget(self.target, { progress: () => undefined }))];
}
