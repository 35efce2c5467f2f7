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
  RuleEntry,
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
  openToolchain,
  type Sources,
  type TestRequest,
  Toolchain,
  type ToolchainOptions,
} from "./toolchain.js";
