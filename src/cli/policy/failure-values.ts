import type { PolicyTree, TestResult, Toolchain } from "../../policy/index.js";
import { valuesIn } from "./shown-values.js";

/** The values of the variables in the expressions that were not true, by `<package>.<test>`. */
export type FailureValues = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** So many failures are looked into, for no longer than this, in milliseconds: who has more fixes these first. */
const most = 20;
const longestMs = 300;

/** Runs failed tests once more with a trace, for the values of their variables. Knows nothing where that fails. */
export async function failureValues(
  tests: readonly TestResult[],
  tree: PolicyTree,
  toolchain: Toolchain,
): Promise<FailureValues> {
  const values = new Map<string, Record<string, string>>();
  const failed = tests.filter(({ fail }) => fail !== null).slice(0, most);
  if (failed.length === 0) return values;
  const packages = [...new Set(failed.map((test) => test.package))];
  const loaded = await toolchain.load({ files: [...tree.modules, ...tree.tests], packages, data: tree.data });
  if (!loaded.ok) return values;
  const started = performance.now();
  for (const test of failed) {
    const { fail } = test;
    if (fail === null || performance.now() - started > longestMs) continue;
    const name = `${test.package}.${test.name}`;
    const path = name.replaceAll(".", "/");
    const answer = await loaded.value.evaluate({ path, inputs: [{}], trace: true, trace_limit: 100_000 });
    const trace = answer.ok ? (answer.value[0]?.trace ?? []) : [];
    const bodies = new Set(trace.filter(({ op, rule }) => op === "enter" && rule === name).map(({ query }) => query));
    const stop = trace.findLast(
      ({ op, query, file, row }) => op === "fail" && bodies.has(query) && file === fail.file && row === fail.row,
    );
    const locals = stop?.locals ?? {};
    // The input and the data of a test are those that it brings itself, so only its variables are told.
    const all = valuesIn(fail.expr, { locals, input: {}, data: {} });
    const own = Object.entries(all).filter(([key]) => Object.hasOwn(locals, key.split(".")[0] ?? ""));
    if (own.length > 0) values.set(name, Object.fromEntries(own));
  }
  await loaded.value.close();
  return values;
}
