/**
 * The part of the WebAssembly API that this room uses. TypeScript declares it only with the browser's DOM, which a
 * program for Node must not see.
 */
declare global {
  namespace WebAssembly {
    interface Memory {
      readonly buffer: ArrayBuffer;
    }
    interface ModuleExport {
      readonly name: string;
      readonly kind: string;
    }
    interface Module {
      /** Keeps other objects from passing for a module. */
      readonly [Symbol.toStringTag]?: string;
    }
    interface Instance {
      readonly exports: Readonly<Record<string, unknown>>;
    }
  }
  var WebAssembly: {
    Module: {
      new (bytes: Uint8Array): WebAssembly.Module;
      exports(module: WebAssembly.Module): WebAssembly.ModuleExport[];
    };
    Instance: new (
      module: WebAssembly.Module,
      imports: Record<string, Record<string, unknown>>,
    ) => WebAssembly.Instance;
    Memory: new (limits: { initial: number; maximum?: number }) => WebAssembly.Memory;
  };
}

export {};
