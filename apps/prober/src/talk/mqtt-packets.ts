/** The control packets of MQTT 3.1.1 and 5 that a probe says and hears. */
import type { MqttProbe } from '@quorate/contracts';
import { ByteReader, uint } from './bytes.ts';
import { MalformedError, take, type Talk } from './talk.ts';

export const packetTypes = {
  connack: 0x20,
  publish: 0x30,
  suback: 0x90,
  disconnect: 0xe0,
  auth: 0xf0,
} as const;

export interface Packet {
  readonly type: number;
  readonly body: ByteReader;
}

export const disconnectPacket = Buffer.from([packetTypes.disconnect, 0]);

/** What a server says to a client that only subscribes. */
const serverTypes: readonly number[] = Object.values(packetTypes);

const lengthBytesMax = 4;
const typeMask = 0xf0;

export function* takePacket(): Talk<Packet> {
  const [first = 0] = yield* take(1);
  if (!serverTypes.includes(first & typeMask)) throw new MalformedError('sent no packet of MQTT');
  let length = 0;
  for (let index = 0; index < lengthBytesMax; index++) {
    const [byte = 0] = yield* take(1);
    length += (byte & 0x7f) * 0x80 ** index;
    if (byte < 0x80) return { type: first & typeMask, body: new ByteReader(yield* take(length), 'big') };
  }
  throw new MalformedError('sent a packet of impossible length');
}

function lengthOf(byteCount: number): Buffer {
  const bytes: number[] = [];
  for (let left = byteCount; ; left = Math.floor(left / 0x80)) {
    if (left < 0x80) return Buffer.from([...bytes, left]);
    bytes.push((left % 0x80) + 0x80);
  }
}

function packetOf(head: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([head]), lengthOf(body.length), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([uint(bytes.length, 2, 'big'), bytes]);
}

const isFive = ({ protocolVersion }: Pick<MqttProbe, 'protocolVersion'>): boolean => protocolVersion === '5';
const noProperties = Buffer.from([0]);

export function connectPacket(mqtt: MqttProbe, clientId: string): Buffer {
  const { username, password } = mqtt;
  const cleanSession = 0x02;
  const flags = cleanSession | (username === null ? 0 : 0x80) | (password === null ? 0 : 0x40);
  const keepAliveSeconds = 60;
  return packetOf(
    0x10,
    text('MQTT'),
    Buffer.from([isFive(mqtt) ? 5 : 4, flags]),
    uint(keepAliveSeconds, 2, 'big'),
    ...(isFive(mqtt) ? [noProperties] : []),
    text(clientId),
    ...[username, password].filter((value) => value !== null).map(text),
  );
}

export function subscribePacket(mqtt: MqttProbe, topic: string): Buffer {
  const packetId = Buffer.from([0, 1]);
  // MQTT 5: without the retained messages, which nobody reads here.
  const options = isFive(mqtt) ? 0x20 : 0;
  return packetOf(0x82, packetId, ...(isFive(mqtt) ? [noProperties] : []), text(topic), Buffer.from([options]));
}

type Skip = (body: ByteReader) => void;
const skipBytes =
  (byteCount: number): Skip =>
  (body) =>
    void body.take(byteCount);
const skipText: Skip = (body) => void body.take(body.uint(2));

/** How the value of each property is passed over; the reason string (0x1f) is read. */
const skips = new Map<number, Skip>([
  ...[0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a].map((id) => [id, skipBytes(1)] as const),
  ...[0x13, 0x21, 0x22, 0x23].map((id) => [id, skipBytes(2)] as const),
  ...[0x02, 0x11, 0x18, 0x27].map((id) => [id, skipBytes(4)] as const),
  ...[0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1a, 0x1c].map((id) => [id, skipText] as const),
  [
    0x26,
    (body) => {
      skipText(body);
      skipText(body);
    },
  ],
]);
const reasonString = 0x1f;

function readLength(body: ByteReader): number {
  let length = 0;
  for (let index = 0; index < lengthBytesMax; index++) {
    const byte = body.uint(1);
    length += (byte & 0x7f) * 0x80 ** index;
    if (byte < 0x80) return length;
  }
  throw new MalformedError('sent properties of impossible length');
}

/** The reason string among the properties, or nothing; leaves the reader behind them. */
export function readReasonString(body: ByteReader): string {
  if (body.remaining === 0) return '';
  const properties = new ByteReader(body.take(readLength(body)), 'big');
  let reason = '';
  while (properties.remaining > 0) {
    const id = properties.uint(1);
    if (id === reasonString) reason = properties.take(properties.uint(2)).toString('utf8');
    else (skips.get(id) ?? unknownProperty)(properties);
  }
  return reason;
}

function unknownProperty(): never {
  throw new MalformedError('sent a property that MQTT does not have');
}
