/**
 * What the frames of an HTTP/2 connection say before a protocol engine reads them: whether the answer was really ended
 * by the target, how it was broken off, and whether the target sends more frames than any answer needs. Node's engine
 * ends a body alike when the stream was closed and when it was finished.
 */
const frameHeadBytes = 9;
const ourStream = 1;

const types = { data: 0, headers: 1, resetStream: 3, goAway: 7, continuation: 9 } as const;
const endStreamFlag = 1;

/** Frames that carry no part of the answer: pings, settings, windows, empty data, unknown types. */
const idleFramesMax = 1_000;
/** Header blocks as they come, compressed. */
const headerBytesMax = 64 * 1024;
const codeBytes = 4;

interface Frame {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

/** What a target does that no client would bear. */
export type FrameFault = 'flood' | 'headers';

export class FrameWatch {
  #head = Buffer.alloc(0);
  #frame: Frame | null = null;
  #payloadLeft = 0;
  #payloadHead = Buffer.alloc(0);
  #idleFrames = 0;
  #headerBytes = 0;
  /** Whether the target has said that its answer is whole. */
  hasEndedStream = false;
  /** The code of the target's own RST_STREAM; null where it sent none. */
  resetCode: number | null = null;
  /** The code of the target's GOAWAY; null where it sent none. */
  goAwayCode: number | null = null;
  fault: FrameFault | null = null;

  read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      at += this.#frame === null ? this.#readHead(bytes.subarray(at)) : this.#readPayload(bytes.subarray(at));
    }
  }

  #readHead(bytes: Buffer): number {
    const taken = bytes.subarray(0, frameHeadBytes - this.#head.length);
    this.#head = Buffer.concat([this.#head, taken]);
    if (this.#head.length === frameHeadBytes) this.#begin(this.#head);
    return taken.length;
  }

  #begin(head: Buffer): void {
    const frame: Frame = {
      length: head.readUIntBE(0, 3),
      type: head.readUInt8(3),
      flags: head.readUInt8(4),
      stream: head.readUInt32BE(5) & 0x7fffffff,
    };
    this.#head = Buffer.alloc(0);
    this.#frame = frame;
    this.#payloadLeft = frame.length;
    this.#payloadHead = Buffer.alloc(0);
    this.#count(frame);
    if (frame.length === 0) this.#finish(frame);
  }

  #readPayload(bytes: Buffer): number {
    const taken = bytes.subarray(0, this.#payloadLeft);
    this.#payloadLeft -= taken.length;
    if (this.#payloadHead.length < 2 * codeBytes) {
      this.#payloadHead = Buffer.concat([this.#payloadHead, taken.subarray(0, 2 * codeBytes)]);
    }
    if (this.#payloadLeft === 0 && this.#frame !== null) this.#finish(this.#frame);
    return taken.length;
  }

  #count({ type, length }: Frame): void {
    const isOfHeaders = type === types.headers || type === types.continuation;
    if (isOfHeaders) this.#headerBytes += length;
    if (!(type === types.data && length > 0)) this.#idleFrames += 1;
    if (this.#headerBytes > headerBytesMax) this.fault ??= 'headers';
    if (this.#idleFrames > idleFramesMax) this.fault ??= 'flood';
  }

  #finish({ type, flags, stream }: Frame): void {
    this.#frame = null;
    if (type === types.goAway) this.goAwayCode ??= this.#codeAt(codeBytes);
    if (stream !== ourStream) return;
    if (type === types.resetStream) this.resetCode ??= this.#codeAt(0);
    if ((type === types.data || type === types.headers) && (flags & endStreamFlag) !== 0) this.hasEndedStream = true;
  }

  #codeAt(offset: number): number {
    return this.#payloadHead.length >= offset + codeBytes ? this.#payloadHead.readUInt32BE(offset) : 0;
  }
}
