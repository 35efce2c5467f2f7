import "./web-assembly.js";

/**
 * Lists the builtins that a compiled policy takes from its host, sorted, as the policy itself tells them.
 * All others are in the module. A policy that misses one throws only when it gets there: compare this list at load.
 */
export function requiredBuiltins(wasm: Uint8Array<ArrayBuffer>): string[] {
  // A module states how much it needs at least, but not to JavaScript: this is more, and costs nothing untouched.
  const memory = new WebAssembly.Memory({ initial: 2048 });
  const never = (): never => {
    throw new Error("a policy called its host while it was asked for its builtins");
  };
  const env = {
    memory,
    opa_abort: never,
    opa_println: never,
    opa_builtin0: never,
    opa_builtin1: never,
    opa_builtin2: never,
    opa_builtin3: never,
    opa_builtin4: never,
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env });
  const { builtins, opa_json_dump: dump } = exports;
  if (typeof builtins !== "function" || typeof dump !== "function") throw new Error("not a policy module");
  const start: unknown = dump(builtins());
  if (typeof start !== "number") throw new Error("a policy's builtins have no address");
  const bytes = new Uint8Array(memory.buffer);
  const map: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(start, bytes.indexOf(0, start))));
  return typeof map === "object" && map !== null ? Object.keys(map).sort() : [];
}
