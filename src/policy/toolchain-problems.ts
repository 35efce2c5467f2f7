import type { Problem } from "../model/index.js";
import type { ToolchainError } from "./toolchain/index.js";

/** Turns a toolchain's error into problems. */
export function problemsOf(error: ToolchainError): readonly Problem[] {
  if (error.diagnostics.length === 0) return [{ code: error.code, message: error.message }];
  return error.diagnostics.map(({ code, message, place, hint }) => ({
    code,
    message,
    ...(place === undefined ? {} : { place }),
    ...(hint === undefined ? {} : { hint }),
  }));
}
