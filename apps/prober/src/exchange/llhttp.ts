/**
 * Binding to llhttp, the parser of Node and undici, in the WebAssembly form that undici ships. Used alone it accepts no
 * less and no more than the two clients most people use, without what they hide: an early close, an odd version.
 */
import { createRequire } from 'node:module';

/** Required: an import of it takes each of its 50,000 bytes for an export under Jest, which costs seconds. */
const wasm = createRequire(import.meta.url)('undici/lib/llhttp/llhttp_simd-wasm.js') as Buffer;

/** What a parser tells while it reads. Each returns 0 to go on; but for `headersComplete`, anything else stops it. */
export interface LlhttpEvents {
  messageBegin(): number;
  headerField(text: string): number;
  headerValue(text: string): number;
  /** 1 says that this message has no body, whatever its headers say. */
  headersComplete(statusCode: number, keepsAlive: boolean): number;
  body(bytes: Buffer): number;
  messageComplete(): number;
}

interface LlhttpExports {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  llhttp_alloc(type: number): number;
  llhttp_reset(parser: number): void;
  llhttp_free(parser: number): void;
  llhttp_execute(parser: number, at: number, length: number): number;
  llhttp_finish(parser: number): number;
  llhttp_get_http_major(parser: number): number;
  llhttp_get_http_minor(parser: number): number;
  llhttp_get_error_reason(parser: number): number;
  llhttp_set_lenient_optional_cr_before_lf(parser: number, enabled: number): void;
  llhttp_set_lenient_spaces_after_chunk_size(parser: number, enabled: number): void;
}

const responseType = 2;
const inputBytesMax = 64 * 1024;
const reasonCharactersMax = 100;

/** Parsers that wait for another answer: as many as probes of a process read at once. */
const idleParsersMax = 1_000;

/** Whom the parser that runs just now tells, and what it reads: calls never nest, for there is one thread here. */
let events: LlhttpEvents | null = null;
let source: Buffer = Buffer.alloc(0);
/** What it reads as text, as much of it as most heads take: to cut it up is quicker than to decode each name anew. */
let sourceText: string | null = null;
const sourceTextBytesMax = 2_048;

/** All of the parser's memory; a new view where it has grown. */
let memory = new Uint8Array(0);

function currentMemory(): Uint8Array {
  if (memory.buffer !== llhttp.memory.buffer) memory = new Uint8Array(llhttp.memory.buffer);
  return memory;
}

function textAt(at: number, length: number): string {
  const start = at - input;
  const end = start + length;
  if (end > sourceTextBytesMax) return source.toString('latin1', start, end);
  sourceText ??= source.toString('latin1', 0, sourceTextBytesMax);
  return sourceText.slice(start, end);
}

const llhttp = new WebAssembly.Instance(new WebAssembly.Module(wasm), {
  env: {
    wasm_on_url: () => 0,
    wasm_on_status: () => 0,
    wasm_on_message_begin: () => events?.messageBegin(),
    wasm_on_header_field: (_: number, at: number, length: number) => events?.headerField(textAt(at, length)),
    wasm_on_header_value: (_: number, at: number, length: number) => events?.headerValue(textAt(at, length)),
    wasm_on_headers_complete: (...[, statusCode = 0, , keepsAlive]: number[]) =>
      events?.headersComplete(statusCode, keepsAlive === 1),
    wasm_on_body: (_: number, at: number, length: number) =>
      events?.body(source.subarray(at - input, at - input + length)),
    wasm_on_message_complete: () => events?.messageComplete(),
  },
}).exports as unknown as LlhttpExports;

const input = llhttp.malloc(inputBytesMax);
const idleParsers: number[] = [];

/** What a parser is lenient with stays as it is when it is made ready for another answer. */
function makeParser(): number {
  const parser = llhttp.llhttp_alloc(responseType);
  // What old servers send and everybody else reads: it can be understood in one way only.
  llhttp.llhttp_set_lenient_optional_cr_before_lf(parser, 1);
  llhttp.llhttp_set_lenient_spaces_after_chunk_size(parser, 1);
  return parser;
}

export class Llhttp {
  readonly #parser = idleParsers.pop() ?? makeParser();
  readonly #events: LlhttpEvents;

  constructor(events: LlhttpEvents) {
    this.#events = events;
  }

  /** Returns 0, or llhttp's error number. */
  execute(bytes: Buffer): number {
    if (bytes.length <= inputBytesMax) return this.#execute(bytes);
    for (let start = 0; start < bytes.length; start += inputBytesMax) {
      const error = this.#execute(bytes.subarray(start, start + inputBytesMax));
      if (error !== 0) return error;
    }
    return 0;
  }

  /** Says that the stream has ended. Returns 0 where a message may end there. */
  finish(): number {
    events = this.#events;
    try {
      return llhttp.llhttp_finish(this.#parser);
    } finally {
      events = null;
    }
  }

  get version(): string {
    return `${llhttp.llhttp_get_http_major(this.#parser)}.${llhttp.llhttp_get_http_minor(this.#parser)}`;
  }

  get errorReason(): string {
    const at = llhttp.llhttp_get_error_reason(this.#parser);
    if (at === 0) return '';
    const text = Buffer.from(llhttp.memory.buffer, at, reasonCharactersMax);
    return text.toString('latin1', 0, text.indexOf(0));
  }

  /** Never to be called from one of the events. */
  free(): void {
    if (idleParsers.length >= idleParsersMax) {
      llhttp.llhttp_free(this.#parser);
      return;
    }
    llhttp.llhttp_reset(this.#parser);
    idleParsers.push(this.#parser);
  }

  #execute(bytes: Buffer): number {
    currentMemory().set(bytes, input);
    events = this.#events;
    source = bytes;
    sourceText = null;
    try {
      return llhttp.llhttp_execute(this.#parser, input, bytes.length);
    } finally {
      events = null;
    }
  }
}
