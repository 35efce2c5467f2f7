import { Worker } from "node:worker_threads";
import "./toolchain/web-assembly.js";
import {
  Decision,
  type Entrypoint,
  type ErrorCode,
  err,
  errorCodes,
  isRecord,
  ok,
  type Place,
  type Problem,
  parserOf,
  type Result,
  refusal,
} from "../model/index.js";
import { type Bundle, placeOfRule } from "./bundle.js";
import { type ChunkAnswer, type ChunkJob, chunkData, type DataChunks } from "./data-chunks.js";
import { WasmPolicy } from "./wasm-policy.js";

/** One bundle, ready to decide. It is never changed: another bundle is another engine. */
export type Engine = {
  /** The bundle's identity. */
  readonly sha256: string;
  /** The quota limits of `data.quota.limits`: which usage the rules will want to know. */
  readonly limits: Readonly<Record<string, QuotaLimit>>;
  /** Whether the rules will want to know of the repository that a program runs in. */
  wantsRepository(program: string): boolean;
  /**
   * Decides. Never throws: input that is no object, an entrypoint that is not there, a policy that throws, no result or
   * one that is no decision are refusals under an `engine/…` code.
   *
   * @param input - JSON, an object of at most 4 Mi characters
   */
  decide(entrypoint: Entrypoint, input: unknown): Decision;
  /** Where the rule of an id is stated. */
  ruleAt(id: string): Place | undefined;
  /** Bytes of the policy's memory, which grows with the largest input and is bounded. */
  memoryBytes(): number;
};

/** One limit of `data.quota.limits`. */
export type QuotaLimit = { readonly scope: string; readonly resource: string; readonly window_ms: number };

/** The largest input, in UTF-16 code units of JSON. */
const inputUnits = 4 * 1024 * 1024;

/** From this size on, data is parsed and the module compiled in a worker: below, starting one takes longer. */
const workerBytes = 128 * 1024;

const parseDecision = parserOf(Decision);

/**
 * Makes an engine of a bundle. The event loop is never kept for more than about 10 ms, however large the data.
 *
 * @returns on failure `bundle/missing_builtin` or `bundle/invalid`
 */
export async function openEngine(bundle: Bundle): Promise<Result<Engine, readonly Problem[]>> {
  try {
    const { module, chunks } = await prepare(bundle);
    const policy = new WasmPolicy(module, bundle.wasm.length, bundle.data.length);
    if (policy.builtins.length > 0) {
      const message = `the policy needs builtins that the engine does not have: ${policy.builtins.join(", ")}`;
      return err([{ code: "bundle/missing_builtin", message }]);
    }
    await policy.load(chunks);
    return ok(engineOf(bundle, policy, chunks));
  } catch (error) {
    return err([{ code: "bundle/invalid", message: reasonOf(error) }]);
  }
}

function engineOf(bundle: Bundle, policy: WasmPolicy, { limits, repositoryPrograms }: DataChunks): Engine {
  const wanting = new Set(repositoryPrograms);
  return {
    sha256: bundle.sha256,
    limits: limitsOf(limits),
    wantsRepository: (program) => wanting.has(program),
    decide: (entrypoint, input) => decide(policy, entrypoint, input),
    ruleAt: (id) => placeOfRule(bundle, id),
    memoryBytes: () => policy.memoryBytes(),
  };
}

function decide(policy: WasmPolicy, entrypoint: string, input: unknown): Decision {
  const id = policy.entrypoints.get(`main/${entrypoint}`);
  if (id === undefined) return refused("engine/entrypoint", "no such entrypoint");
  const text = textOf(input);
  if (text === undefined) return refused("engine/input", "not a JSON object within bounds");
  try {
    return decisionOf(JSON.parse(policy.evaluate(id, text)));
  } catch (error) {
    return refused("engine/threw", reasonOf(error));
  }
}

/** INVARIANT: the policy is given an object, always: any other input could pass for no input at all. */
function textOf(input: unknown): string | undefined {
  if (!isRecord(input)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(input);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  try {
    const text: unknown = JSON.stringify(input);
    // An object's own toJSON may have made something else of it.
    return typeof text === "string" && text.startsWith("{") && text.length <= inputUnits ? text : undefined;
  } catch {
    return undefined;
  }
}

/** A result set is a list with one `{result}` for each answer: none means undefined, and two cannot both hold. */
function decisionOf(results: unknown): Decision {
  if (!Array.isArray(results) || results.length !== 1) return refused("engine/undefined", "not one result");
  const [first]: readonly unknown[] = results;
  const decision = parseDecision(isRecord(first) ? first.result : undefined);
  if (!decision.ok) {
    const [issue] = decision.error;
    return refused("engine/decision", `${issue?.path} ${issue?.message}`);
  }
  const { allow, violations, obligations } = decision.value;
  if (allow && violations.length > 0) return refused("engine/decision", "allowed in spite of violations");
  if (!allow && obligations.run !== null) return refused("engine/decision", "refused, and yet something to run");
  return decision.value;
}

function refused(code: ErrorCode, reason: string): Decision {
  const decision = refusal(code, errorCodes[code].text);
  return { ...decision, violations: decision.violations.map((one) => ({ ...one, detail: { reason } })) };
}

type Prepared = { readonly module: WebAssembly.Module; readonly chunks: DataChunks };

function prepare({ wasm, data }: Bundle): Prepared | Promise<Prepared> {
  if (data.length < workerBytes) return { module: new WebAssembly.Module(wasm), chunks: chunkData(data) };
  // The file itself is the worker's program, from source as from `dist/`.
  const program = new URL(`./data-chunks.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);
  const job: ChunkJob = { kind: "lockkeeper/chunk", wasm, data };
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData: job, execArgv: [], env: {} });
    worker.once("message", (answer: ChunkAnswer) => {
      if (!answer.ok) reject(new Error(answer.message));
      else if (isModule(answer.module)) resolve({ module: answer.module, chunks: answer.chunks });
      else reject(new Error("the worker gave no module"));
    });
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the worker ended early")));
  });
}

function isModule(value: unknown): value is WebAssembly.Module {
  return value instanceof WebAssembly.Module;
}

/** The schema of `data.quota` is the policy folder's; what does not have the form is left for the rules to refuse. */
function limitsOf(value: unknown): Readonly<Record<string, QuotaLimit>> {
  if (!isRecord(value)) return {};
  const limits = Object.entries(value).flatMap(([id, limit]) => {
    if (!isRecord(limit)) return [];
    const { scope, resource, window_ms } = limit;
    const known = typeof scope === "string" && typeof resource === "string" && typeof window_ms === "number";
    return known ? [[id, { scope, resource, window_ms }] as const] : [];
  });
  return Object.fromEntries(limits);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
