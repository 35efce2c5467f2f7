/** The Rego toolchain: OPA's compiler, tester and interpreter without OPA. See `toolchain/README.md`. */
export type { Artefact } from "./messages.js";
export type { Diagnostic, SourceFile, ToolchainError } from "./problems.js";
export type {
  Annotation,
  Closure,
  Coverage,
  Evaluation,
  FiredRule,
  FormattedFile,
  MutantResult,
  Mutants,
  MutatedRule,
  Mutation,
  RuleEntry,
  RuleMutant,
  TestResult,
  TestRun,
  TraceEvent,
  Version,
} from "./shapes.js";
export {
  type CallOptions,
  type CheckRequest,
  type Compiled,
  type CompileRequest,
  type EvaluateRequest,
  type LoadedPolicy,
  type LoadRequest,
  type MutateRequest,
  openToolchain,
  type Sources,
  type Stages,
  type TestRequest,
  Toolchain,
  type ToolchainOptions,
  type Trial,
} from "./toolchain.js";
