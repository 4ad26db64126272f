/**
 * The two messages of `grpc.health.v1` in protobuf's wire format, and the frame that gRPC puts around each. Pure. They
 * have one field each and will not change, so they are written and read here instead of by a generated library.
 */

/** `HealthCheckResponse.ServingStatus`; a field that is left out is the first. */
export const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

const prefixBytes = 5;
const lengthDelimited = 2;
const servingField = 1;
const variableLengthBytesMax = 10;

/** What a gRPC body holds instead of exactly one plain message. */
export type BodyFault = 'empty' | 'cut' | 'compressed' | 'flag' | 'surplus' | 'malformed';

function variableLength(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...variableLength(value >>> 7)];
}

/** A `HealthCheckRequest`, framed. */
export function encodeRequest(service: string): Buffer {
  const name = Buffer.from(service, 'utf8');
  const field = [(1 << 3) | lengthDelimited, ...variableLength(name.length)];
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from(field), name]);
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The serving status of the one framed `HealthCheckResponse` that a body must hold. */
export function decodeResponse(body: Buffer): number | BodyFault {
  if (body.length === 0) return 'empty';
  const flag = body.readUInt8();
  if (flag !== 0) return flag === 1 ? 'compressed' : 'flag';
  const end = body.length < prefixBytes ? Infinity : prefixBytes + body.readUInt32BE(1);
  if (body.length < end) return 'cut';
  return body.length > end ? 'surplus' : (new FieldReader(body.subarray(prefixBytes)).servingStatus() ?? 'malformed');
}

/** Reads fields in the order in which they stand; those that it does not know are passed over, as protobuf says. */
class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Null where the bytes are no message. */
  servingStatus(): number | null {
    let status: number | null = 0;
    while (this.#at < this.#bytes.length && status !== null) {
      const tag = this.#variableLength();
      const value = tag === null ? null : this.#value(tag & 7);
      if (tag === servingField << 3) status = value;
      else if (value === null) status = null;
    }
    return status;
  }

  /** The value of a field of `wireType`, or 0 for what is passed over; null where it is cut or of no known type. */
  #value(wireType: number): number | null {
    switch (wireType) {
      case 0:
        return this.#variableLength();
      case 1:
        return this.#pass(8);
      case lengthDelimited:
        return this.#pass(this.#variableLength());
      case 5:
        return this.#pass(4);
      default:
        return null;
    }
  }

  #pass(length: number | null): number | null {
    if (length === null || length > this.#bytes.length - this.#at) return null;
    this.#at += length;
    return 0;
  }

  #variableLength(): number | null {
    let value = 0;
    for (let count = 0; count < variableLengthBytesMax; count++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return null;
      value += (byte & 0x7f) * 2 ** (7 * count);
      if (byte < 0x80) return value;
    }
    return null;
  }
}
