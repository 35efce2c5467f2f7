import { availableParallelism } from "node:os";
import { err, type Issue, ok, type Parser, type Result } from "../../model/index.js";
import type { Lane, RawAnswer } from "./lane.js";
import type { Artefact } from "./messages.js";
import { Pool } from "./pool.js";
import { broken, type Diagnostic, diagnosticsOf, type SourceFile, type ToolchainError } from "./problems.js";
import * as shapes from "./shapes.js";

/** How to open a toolchain. */
export type ToolchainOptions = {
  /** Worker threads, 1 to the number of cores; 1 by default. The first costs about 210 MB, each further one 75 MB. */
  readonly workers?: number;
  /** How long one call may take, in milliseconds; 10 000 by default. Starting an instance does not count. */
  readonly deadlineMs?: number;
  /** A folder to keep the decompressed toolchain in, which makes later starts faster. Without it nothing is kept. */
  readonly cacheDir?: string;
  /** The compiled toolchain, if it is not this package's own. */
  readonly artefact?: Artefact;
};

/** What an operation on policies works on. */
export type Sources = {
  readonly files: readonly SourceFile[];
  /** Packages such as `command.argv`: only they, their `_test` packages and what these need are loaded. */
  readonly packages?: readonly string[];
  /** The builtins that may be used, by OPA's names; all by default. */
  readonly builtins?: readonly string[];
};

/** One call's own settings. */
export type CallOptions = { readonly deadlineMs?: number };

export type CheckRequest = Sources & {
  /** JSON Schemas by the name that METADATA uses, such as `schema.input`. `schema` types the input everywhere. */
  readonly schemas?: Readonly<Record<string, unknown>>;
};

export type CompileRequest = Sources & {
  /** Entrypoints such as `main/request`, besides those that METADATA names. */
  readonly entrypoints?: readonly string[];
  /** Keeps rules that only refer to an entrypoint from becoming entrypoints themselves. */
  readonly prune_unused?: boolean;
};

/** A compiled policy, the table of its rules, and the builtins that its host must bring. */
export type Compiled = {
  readonly wasm: Uint8Array;
  readonly entrypoints: readonly string[];
  readonly rules: readonly shapes.RuleEntry[];
  readonly builtins: readonly string[];
};

export type TestRequest = Sources & {
  readonly data?: unknown;
  /** A regular expression (RE2) over `data.<package>.<test>`. */
  readonly run?: string;
  /** Whether to report line coverage over all tests, besides each test's own lines. */
  readonly coverage?: boolean;
  /** Leaves out the lines that each test reached, which halves the time. A test that fails is run again to say where. */
  readonly no_lines?: boolean;
};

export type LoadRequest = Sources & { readonly data?: unknown };

/** A test by its path, or a question with what a case asserts of the answer. It holds of the policies as they are. */
export type Trial = {
  /** `data.command_test.test_x` for a test, `main/request` for a case. */
  readonly path: string;
  readonly input?: unknown;
  readonly expect?: {
    readonly allow: boolean;
    /** Ids of violations, sorted, each once; null where the case does not say. */
    readonly rules: readonly string[] | null;
    readonly treatment: string | null;
  };
};

/** Places of trials, in the order in which they are asked; of each stage the first that notices ends it. */
export type Stages = readonly (readonly number[])[];

export type MutateRequest = Sources & {
  readonly data?: unknown;
  readonly trials: readonly Trial[];
  readonly mutants: readonly (shapes.RuleMutant & { readonly stages: Stages })[];
  /** Each sets a value of the data, or removes it where there is no `value`. */
  readonly data_mutants: readonly {
    readonly path: readonly (string | number)[];
    readonly value?: unknown;
    readonly stages: Stages;
  }[];
};

export type EvaluateRequest = {
  /** The document asked for, such as `main/request`. */
  readonly path: string;
  readonly inputs: readonly unknown[];
  /** Whether to tell the lines that each input reached and the rules that it made true. */
  readonly coverage?: boolean;
  /** Whether to tell each step; at most `trace_limit` of them, 10 000 by default. */
  readonly trace?: boolean;
  readonly trace_limit?: number;
};

type Answer<T> = Promise<Result<T, ToolchainError>>;

/** A policy and its data, ready to be evaluated in the interpreter. It outlives the worker that first loaded it. */
export interface LoadedPolicy {
  /** The files that were loaded. */
  readonly files: readonly string[];
  /** Evaluates one document for many inputs, in order. Calls under way at the same time go to different workers. */
  evaluate(request: EvaluateRequest, options?: CallOptions): Answer<readonly shapes.Evaluation[]>;
  /** Frees it. Evaluating it afterwards is an error. */
  close(): Promise<void>;
}

/**
 * Opens the Rego toolchain: OPA's own packages in worker threads, each with a warm instance.
 *
 * Nothing here throws for a broken policy, a broken artefact or a lost worker; these are `ToolchainError`s. The first
 * worker starts at once, the others when there is work for them. Idle workers do not keep the process alive.
 */
export function openToolchain(options: ToolchainOptions = {}): Toolchain {
  return new Toolchain(options);
}

/** An open toolchain; see {@link openToolchain}. */
export class Toolchain {
  readonly #pool: Pool;
  readonly #deadlineMs: number;
  #policies = 0;

  constructor(options: ToolchainOptions) {
    const workers = Math.max(1, Math.min(options.workers ?? 1, availableParallelism()));
    this.#pool = new Pool(workers, options.artefact, options.cacheDir);
    this.#deadlineMs = options.deadlineMs ?? 10_000;
  }

  /** Reports everything wrong with policies: strict mode, types, schemas, builtins. An empty list means none. */
  async check(request: CheckRequest, options: CallOptions = {}): Answer<readonly Diagnostic[]> {
    const answer = await this.#ask("check", request, request.files, shapes.parseCheck, options);
    return answer.ok ? ok(diagnosticsOf(answer.value.diagnostics, request.files)) : answer;
  }

  /** Compiles to the bytes that `opa build -t wasm` gives for the same file names. Data is not merged in. */
  compile(request: CompileRequest, options: CallOptions = {}): Answer<Compiled> {
    return this.#pool.use(async (lane) => {
      const raw = await lane.call("compile", JSON.stringify(request), options.deadlineMs ?? this.#deadlineMs);
      const answer = read(raw, request.files, shapes.parseCompile);
      if (!answer.ok || !raw.ok) return answer.ok ? err(broken("toolchain/failed", "no module")) : answer;
      return ok({ ...answer.value, wasm: raw.value.blob, builtins: raw.value.builtins });
    });
  }

  /** Formats files as `opa fmt` does. */
  async format(files: readonly SourceFile[], options: CallOptions = {}): Answer<readonly shapes.FormattedFile[]> {
    const answer = await this.#ask("format", { files }, files, shapes.parseFormat, options);
    return answer.ok ? ok(answer.value.files) : answer;
  }

  /** Runs tests, in the order of files and rows. */
  test(request: TestRequest, options: CallOptions = {}): Answer<shapes.TestRun> {
    return this.#ask("test", request, request.files, shapes.parseTestRun, options);
  }

  /** Loads a policy for the interpreter. */
  async load(request: LoadRequest, options: CallOptions = {}): Answer<LoadedPolicy> {
    const body = JSON.stringify(request);
    const id = this.#policies++;
    const loaded = await this.#pool.use((lane) => this.#loadInto(lane, id, body, request.files, options));
    return loaded.ok ? ok(this.#policy(id, body, request.files, loaded.value.files)) : loaded;
  }

  /** Lists METADATA with the rows of the blocks and of what they speak of. */
  async annotations(request: Sources, options: CallOptions = {}): Answer<readonly shapes.Annotation[]> {
    const answer = await this.#ask("annotations", request, request.files, shapes.parseAnnotations, options);
    return answer.ok ? ok(answer.value.annotations) : answer;
  }

  /** Gives OPA's JSON form of a module. Each node has `location: {file, row, col, text}`, the text in base64. */
  async ast(file: SourceFile, options: CallOptions = {}): Answer<Readonly<Record<string, unknown>>> {
    const answer = await this.#ask("ast", { file }, [file], shapes.parseAst, options);
    return answer.ok ? ok(answer.value.module) : answer;
  }

  /** Tells which files packages and their tests need, and which packages need them. */
  closure(
    request: { readonly files: readonly SourceFile[]; readonly packages: readonly string[] },
    options: CallOptions = {},
  ): Answer<shapes.Closure> {
    return this.#ask("closure", request, request.files, shapes.parseClosure, options);
  }

  /** Lists every mutant of the modules that are no tests. */
  mutants(request: Sources, options: CallOptions = {}): Answer<shapes.Mutants> {
    return this.#ask("mutants", request, request.files, shapes.parseMutants, options);
  }

  /** Runs mutants against trials, each until it is noticed. */
  mutate(request: MutateRequest, options: CallOptions = {}): Answer<shapes.Mutation> {
    return this.#ask("mutate", request, request.files, shapes.parseMutation, options);
  }

  /** Tells the versions inside. */
  version(options: CallOptions = {}): Answer<shapes.Version> {
    return this.#ask("version", {}, [], shapes.parseVersion, options);
  }

  /** Ends the workers. Calls under way are answered with an error. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }

  #ask<T>(op: string, body: unknown, files: readonly SourceFile[], parse: Parser<T>, options: CallOptions): Answer<T> {
    const text = JSON.stringify(body);
    return this.#pool.use(async (lane) =>
      read(await lane.call(op, text, options.deadlineMs ?? this.#deadlineMs), files, parse),
    );
  }

  async #loadInto(lane: Lane, id: number, body: string, files: readonly SourceFile[], options: CallOptions) {
    const raw = await lane.call("load", body, options.deadlineMs ?? this.#deadlineMs);
    const answer = read(raw, files, shapes.parseLoad);
    if (answer.ok) lane.handles.set(id, answer.value.handle);
    return answer;
  }

  #policy(id: number, body: string, sources: readonly SourceFile[], files: readonly string[]): LoadedPolicy {
    let closed = false;
    return {
      files,
      evaluate: (request, options = {}) =>
        this.#pool.use(async (lane) => {
          if (closed) return err(broken("toolchain/failed", "the policy was closed"));
          // A worker that has not met this policy, or is new after a deadline, loads it now.
          if (!lane.handles.has(id)) {
            const loaded = await this.#loadInto(lane, id, body, sources, options);
            if (!loaded.ok) return loaded;
          }
          const text = JSON.stringify({ ...request, handle: lane.handles.get(id) });
          const raw = await lane.call("eval", text, options.deadlineMs ?? this.#deadlineMs);
          const answer = read(raw, sources, shapes.parseEval);
          return answer.ok ? ok(answer.value.evaluations) : answer;
        }),
      close: async () => {
        closed = true;
        for (const lane of this.#pool.lanes) lane.forget(id);
      },
    };
  }
}

/** Reads an answer: its frame, its verdict, and the shape of its result. */
function read<T>(
  raw: Result<RawAnswer, ToolchainError>,
  files: readonly SourceFile[],
  parse: Parser<T>,
): Result<T, ToolchainError> {
  if (!raw.ok) return raw;
  const header = shapes.parseHeader(JSON.parse(raw.value.header));
  if (!header.ok) return err(misshapen(header.error));
  const { error, result } = header.value;
  if (error !== undefined) {
    if (error.diagnostics === undefined) return err(broken("toolchain/failed", `${error.code}: ${error.message}`));
    const diagnostics = diagnosticsOf(error.diagnostics, files);
    return err({ code: "policy/invalid", message: error.message, diagnostics });
  }
  const value = parse(result);
  return value.ok ? value : err(misshapen(value.error));
}

function misshapen(issues: readonly Issue[]): ToolchainError {
  const [first] = issues;
  return broken("toolchain/failed", `the toolchain's answer is misshapen at ${first?.path}: ${first?.message}`);
}
