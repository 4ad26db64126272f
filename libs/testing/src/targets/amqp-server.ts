/** A stand-in for RabbitMQ that plays the opening of a connection and the look at a queue (AMQP 0-9-1). */
import type { Issued } from './certificates.ts';
import type { Peer, PeerScript } from './peer-server.ts';

export interface AmqpStandInSettings {
  readonly issued?: Issued;
  readonly password?: string;
  readonly mechanisms?: string;
  /** Closes instead of opening the virtual host, or instead of telling of the queue. */
  readonly vhostError?: readonly [code: number, words: string];
  readonly queueError?: readonly [code: number, words: string];
}

function uint(value: number, byteCount: number): Buffer {
  const bytes = Buffer.alloc(byteCount);
  bytes.writeUIntBE(value, 0, byteCount);
  return bytes;
}

const short = (text: string): Buffer => Buffer.concat([uint(text.length, 1), Buffer.from(text)]);
const long = (text: string): Buffer => Buffer.concat([uint(text.length, 4), Buffer.from(text)]);

function method(channel: number, name: number, ...parts: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([uint(name, 4), ...parts]);
  return Buffer.concat([Buffer.from([1]), uint(channel, 2), uint(payload.length, 4), payload, Buffer.from([0xce])]);
}

async function takeMethod(peer: Peer): Promise<Buffer> {
  const head = await peer.take(7);
  return await peer.take(head.readUInt32BE(3) + 1);
}

const closing = (channel: number, name: number, [code, words]: readonly [number, string]): Buffer =>
  method(channel, name, uint(code, 2), short(words), uint(0, 4));

export function amqpStandIn(settings: AmqpStandInSettings = {}): PeerScript {
  const { issued, password = '', mechanisms = 'PLAIN AMQPLAIN', vhostError, queueError } = settings;
  return async (peer) => {
    if (issued !== undefined) await peer.startTls(issued);
    await peer.take(8);
    peer.write(method(0, 0x0a000a, Buffer.from([0, 9]), long(''), long(mechanisms), long('en_US')));
    const startOk = await takeMethod(peer);
    const refused: readonly [number, string] = [403, 'ACCESS_REFUSED - Login was refused using PLAIN'];
    if (!startOk.includes(`\0${password}\x05en_US`)) return void peer.write(closing(0, 0x0a0032, refused));
    const heartbeat = Buffer.from([8, 0, 0, 0, 0, 0, 0, 0xce]);
    peer.write(method(0, 0x0a001e, uint(2_047, 2), uint(131_072, 4), uint(60, 2)));
    await takeMethod(peer);
    await takeMethod(peer);
    if (vhostError !== undefined) return void peer.write(closing(0, 0x0a0032, vhostError));
    peer.write(method(0, 0x0a0029, short('')), heartbeat);
    if ((await takeMethod(peer)).readUInt32BE() !== 0x14000a) return peer.end();
    peer.write(method(1, 0x14000b, long('')));
    await takeMethod(peer);
    if (queueError !== undefined) return void peer.write(closing(1, 0x140028, queueError));
    peer.write(method(1, 0x32000b, short('orders'), uint(3, 4), uint(1, 4)));
    await takeMethod(peer);
    peer.end();
  };
}
