/**
 * Every error code, with the text that may be shown to anyone and the HTTP status it travels under.
 * Details (paths, reasons, offsets) belong to the problem's message, never to this table.
 */
export const errorCodes = {
  "usage/flag": { text: "The command line is not understood", status: 400 },
  "usage/missing": { text: "Something that is needed is missing", status: 400 },
  "config/invalid": { text: "The configuration is not valid", status: 500 },
  "internal/bug": { text: "Something went wrong inside", status: 500 },
  "internal/io": { text: "A file could not be read or written", status: 500 },
  "yaml/syntax": { text: "The YAML is not well-formed", status: 400 },
  "yaml/forbidden": { text: "The YAML uses something that is not allowed here", status: 400 },
  "json/syntax": { text: "The JSON is not well-formed", status: 400 },
  "schema/invalid": { text: "The document does not have the expected shape", status: 400 },
  "command/syntax": { text: "The command cannot be parsed", status: 400 },
  "command/too_long": { text: "The command is too long", status: 413 },
  "policy/invalid": { text: "The policy is not valid", status: 400 },
  "policy/data_invalid": { text: "The policy data is not valid", status: 400 },
  "policy/test_failed": { text: "A policy test failed", status: 400 },
  "policy/no_tests": { text: "No policy test ran", status: 400 },
  "policy/coverage": { text: "Policy coverage is below its threshold", status: 400 },
  "bundle/invalid": { text: "The policy bundle is not valid", status: 500 },
  "bundle/unsafe": { text: "The policy bundle lies where others can write", status: 500 },
  "bundle/missing_builtin": { text: "The policy needs a builtin that is not there", status: 500 },
  "engine/input": { text: "The decision input is not an object of the expected shape", status: 400 },
  "engine/threw": { text: "The policy could not be evaluated", status: 500 },
  "engine/undefined": { text: "The policy gave no decision", status: 500 },
  "engine/entrypoint": { text: "The policy has no such entrypoint", status: 500 },
  "engine/decision": { text: "The policy gave something that is no decision", status: 500 },
  "toolchain/artefact": { text: "The Rego toolchain is not the one that was committed", status: 500 },
  "toolchain/deadline": { text: "The Rego toolchain took too long", status: 500 },
  "toolchain/failed": { text: "The Rego toolchain failed", status: 500 },
  "gate/store": { text: "A store that must decide is away", status: 503 },
  "gate/identity": { text: "The credential is not good", status: 401 },
  "gate/quota": { text: "A limit is reached", status: 403 },
  "gate/replay": { text: "Already used", status: 401 },
  "gate/record": { text: "The execution could not be recorded", status: 503 },
  "gate/filter": { text: "The output could not be filtered, so none of it is shown", status: 500 },
  "gate/executor": { text: "The command could not be started", status: 500 },
  "spec/invalid": { text: "The specification is not valid", status: 400 },
  "evidence/unresolved": { text: "An evidence marker points at nothing", status: 400 },
  "conform/failed": { text: "The conformance run failed", status: 400 },
  "attestation/key": { text: "The key cannot be used", status: 400 },
  "attestation/invalid": { text: "The attestation is not valid", status: 400 },
} as const satisfies Record<string, { text: string; status: number }>;

/** The codes a caller can switch on. */
export type ErrorCode = keyof typeof errorCodes;
