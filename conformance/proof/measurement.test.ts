import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CitedPlace } from "../evidence/index.js";
import { contentHash } from "./content-hash.js";
import { asMeasurements, type Figure, readFigures, recordMeasurements, withMeasurements } from "./measurement.js";
import { recordProof } from "./record.js";
import { provableExample } from "./testdata/proof-example.js";

const text = 'export function latency() {\n  return [{ name: "a decision, p95", value: 1 }];\n}\n';
const textOf = (file: string) => (file === "bench/latency.ts" ? text : undefined);
const place: CitedPlace = {
  kind: "code",
  name: "latency",
  file: "bench/latency.ts",
  row: 1,
  end_row: 3,
  requirements: ["EXE-21", "HAR-02"],
};
const requirements = [
  { id: "EXE-21", method: "measurement" as const },
  { id: "HAR-02", method: "mutation" as const },
];
const figure: Figure = { name: "a decision, p95", value: 0.2, unit: "ms", bar: "under 1 ms", met: true };
const provable = provableExample({
  places: [{ ...place, kind: "measurement", requirements: ["EXE-21"], sha256: contentHash(text, place) }],
  trials: [],
});
const recorded = (...figures: Figure[]) => [
  {
    ...recordProof(provable, undefined, []),
    id: "EXE-21",
    measurements: [...recordMeasurements(provable, figures, textOf)],
  },
];
const statusOf = (...figures: Figure[]) => {
  const [found] = withMeasurements(provable.places, recorded(...figures), textOf);
  return `${found?.status}: ${found?.detail}`;
};

describe("a benchmark", () => {
  it("speaks as a measurement for what is measured, and as code for the rest", () => {
    const [code, measurement] = asMeasurements([place], requirements);
    expect(code).toEqual({ ...place, requirements: ["HAR-02"] });
    expect(measurement).toEqual({ ...place, kind: "measurement", requirements: ["EXE-21"] });
    expect(asMeasurements([{ ...place, requirements: ["EXE-21"] }], requirements)).toHaveLength(1);
    const test = { ...place, kind: "test" as const };
    expect(asMeasurements([test], requirements)).toEqual([test]);
  });

  it("is within its bound when every figure it names meets its bar", () => {
    expect(statusOf(figure)).toBe("pass: a decision, p95: 0.2 ms, under 1 ms: met");
    expect(statusOf({ ...figure, met: false })).toBe("fail: a decision, p95: 0.2 ms, under 1 ms: missed");
    expect(statusOf(figure, { ...figure, value: 3, met: false })).toMatch(/^fail: /);
  });

  it.each<[string, Figure[]]>([
    ["nothing", []],
    ["a figure of another name", [{ ...figure, name: "another" }]],
    ["a figure without a name", [{ ...figure, name: "" }]],
    ["a figure that was skipped", [{ ...figure, skipped: "no such tool" }]],
    ["no value", [{ ...figure, value: null }]],
    ["no bar", [{ name: figure.name, value: 1, unit: "ms" }]],
  ])("shows nothing by %s", (_, figures) => {
    expect(statusOf(...figures)).toBe("unverified: no figure of it has a bar");
  });

  it("is stale when it changed since, and unverified where it never ran", () => {
    const edited = (file: string) => textOf(file)?.replace("value: 1", "value: 0");
    expect(withMeasurements(provable.places, recorded(figure), edited)).toMatchObject([{ status: "stale" }]);
    expect(withMeasurements(provable.places, recorded(figure), () => undefined)).toMatchObject([{ status: "stale" }]);
    expect(withMeasurements(provable.places, [], textOf)).toMatchObject([{ status: "unverified" }]);
    const [other] = recorded(figure);
    if (other === undefined) throw new Error("nothing is recorded");
    expect(withMeasurements(provable.places, [{ ...other, id: "EXE-22" }], textOf)).toMatchObject([
      { status: "unverified", detail: "no figure of it is recorded" },
    ]);
  });
});

it("reads what the benchmarks wrote: none where they never ran, and nothing of another shape", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-figures-"));
  try {
    const path = join(folder, "bench.json");
    expect(await readFigures(path, "reports/bench.json")).toEqual({ ok: true, value: [] });
    writeFileSync(path, JSON.stringify([{ ...figure, peer: { name: "opa", value: 1 } }]));
    expect(await readFigures(path, "reports/bench.json")).toMatchObject({ ok: true, value: [figure] });
    writeFileSync(path, '[{"name": 1}]');
    expect(await readFigures(path, "reports/bench.json")).toMatchObject({
      ok: false,
      error: [{ place: { file: "reports/bench.json" } }, {}, {}],
    });
    writeFileSync(path, "");
    expect(await readFigures(path, "reports/bench.json")).toMatchObject({ ok: false });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
