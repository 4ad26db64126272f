/** The parser that undici ships beside its own code; it has no types of its own. */
declare module 'undici/lib/llhttp/llhttp_simd-wasm.js' {
  const wasm: Buffer<ArrayBuffer>;
  // eslint-disable-next-line no-restricted-syntax -- a CommonJS module is imported as its default
  export default wasm;
}

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
