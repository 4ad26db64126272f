/** The part of WebAssembly that the binding needs: its types otherwise come with those of browsers. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Buffer);
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, (...values: number[]) => number | undefined>>);
    readonly exports: Record<string, unknown>;
  }
}
