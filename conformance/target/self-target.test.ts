import { expect, it } from "vitest";
import { countsOf, runTarget, startSelf } from "./index.js";

// @requirement HAR-12
it("the product's own gateway, started for it, passes everything that can be asked over HTTP", async () => {
  const started = await startSelf();
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  await using self = started.value;
  const results = await runTarget(self.target);
  const open = results.flatMap(({ check, verdict }) =>
    verdict.status === "pass" ? [] : [`${check.id}: ${verdict.detail}`],
  );
  expect(open).toEqual([]);
  expect(countsOf(results).pass).toBeGreaterThan(240);
}, 120_000);
