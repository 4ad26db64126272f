/** Frames and methods of AMQP 0-9-1, as far as a log-in and a look at a queue need them. */
import { ByteReader, uint } from './bytes.ts';
import { fail, MalformedError, send, take, type Talk } from './talk.ts';

export const protocolHeader = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

/** Class and method in one number. */
export const methods = {
  connectionStart: 0x0a_000a,
  connectionStartOk: 0x0a_000b,
  connectionTune: 0x0a_001e,
  connectionTuneOk: 0x0a_001f,
  connectionOpen: 0x0a_0028,
  connectionOpenOk: 0x0a_0029,
  connectionClose: 0x0a_0032,
  channelOpen: 0x14_000a,
  channelOpenOk: 0x14_000b,
  channelClose: 0x14_0028,
  queueDeclare: 0x32_000a,
  queueDeclareOk: 0x32_000b,
} as const;

const frameTypes = { method: 1, heartbeat: 8 } as const;
const headBytes = 7;
const frameEnd = 0xce;

export const uint16 = (value: number): Buffer => uint(value, 2, 'big');
export const uint32 = (value: number): Buffer => uint(value, 4, 'big');

export function shortText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

export function longText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** A table of texts, of true, and of tables of those. */
export interface Table {
  readonly [name: string]: string | true | Table;
}

export function tableOf(table: Table): Buffer {
  const fields = Object.entries(table).map(([name, value]) => {
    if (value === true) return Buffer.concat([shortText(name), Buffer.from('t\x01')]);
    if (typeof value === 'string') return Buffer.concat([shortText(name), Buffer.from('S'), longText(value)]);
    return Buffer.concat([shortText(name), Buffer.from('F'), tableOf(value)]);
  });
  const body = Buffer.concat(fields);
  return Buffer.concat([uint32(body.length), body]);
}

export function* sendMethod(channel: number, method: number, ...parts: readonly Buffer[]): Talk {
  const payload = Buffer.concat([uint32(method), ...parts]);
  const head = Buffer.concat([Buffer.from([frameTypes.method]), uint16(channel), uint32(payload.length)]);
  yield* send(head, payload, Buffer.from([frameEnd]));
}

interface Method {
  readonly method: number;
  readonly body: ByteReader;
}

function* takeMethod(): Talk<Method> {
  while (true) {
    const head = new ByteReader(yield* take(headBytes), 'big');
    const type = head.uint(1);
    if (type !== frameTypes.method && type !== frameTypes.heartbeat)
      throw new MalformedError('sent no frame of AMQP 0-9-1');
    head.take(2);
    const frame = yield* take(head.uint(4) + 1);
    if (frame.at(-1) !== frameEnd) throw new MalformedError('sent a frame without its end');
    const body = new ByteReader(frame.subarray(0, -1), 'big');
    if (type === frameTypes.method) return { method: body.uint(4), body };
  }
}

/** ACCESS_REFUSED, and NOT_ALLOWED, which is said of a virtual host. */
const refusals = new Set([403, 530]);

/** The next method, which must be `wanted`; what the broker says when it closes instead is why. */
export function* hearMethod(wanted: number): Talk<ByteReader> {
  const { method, body } = yield* takeMethod();
  if (method === wanted) return body;
  if (method !== methods.connectionClose && method !== methods.channelClose) {
    throw new MalformedError('sent what was not asked for');
  }
  const code = body.uint(2);
  const words = body.take(body.uint(1)).toString('utf8');
  if (refusals.has(code)) return yield* fail('auth.refused', `the broker refused us: ${words} (${code})`);
  return yield* fail('service.unavailable', `the broker says: ${words} (${code})`);
}
