/** A name server over UDP, TCP or TLS on one port, that sends what a spec says, byte for byte. */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import * as dnsPacket from 'dns-packet';
import type { Issued } from './certificates.ts';
import { listenOnLoopback } from './listen.ts';
import { serveTls } from './serve-tls.ts';

type DnsQuery = dnsPacket.DecodedPacket;

/** What is sent for the so-manieth question, one message or several; null for silence. */
export type DnsScript = (query: DnsQuery, count: number) => Buffer | readonly Buffer[] | null;

export interface DnsReplyParts {
  readonly answers?: readonly dnsPacket.Answer[];
  readonly authorities?: readonly dnsPacket.Answer[];
  readonly additionals?: readonly dnsPacket.Answer[];
  readonly rcode?: number;
  readonly flags?: number;
  /** Another ID or name than those of the question, as a forger would send. */
  readonly id?: number;
  readonly name?: string;
}

export function dnsReply(query: DnsQuery, parts: DnsReplyParts): Buffer {
  const { answers = [], authorities = [], additionals = [], rcode = 0, flags = 0, id = query.id ?? 0, name } = parts;
  const questions = (query.questions ?? []).map((question) => ({ ...question, name: name ?? question.name }));
  return dnsPacket.encode({
    type: 'response',
    id,
    flags: flags | rcode,
    questions,
    answers: [...answers],
    authorities: [...authorities],
    additionals: [...additionals],
  });
}

interface DnsServerSettings {
  readonly udp: DnsScript;
  readonly tcp: DnsScript;
  /** Makes its connections TLS ones. */
  readonly issued?: Issued;
}

const lengthBytes = 2;

export class DnsServer {
  readonly questions: { readonly over: 'udp' | 'tcp'; readonly query: DnsQuery }[] = [];
  readonly #settings: DnsServerSettings;
  readonly #sockets = new Set<Socket>();
  readonly #streams: Server;
  readonly #datagrams: DatagramSocket;
  port = 0;

  constructor(settings: DnsServerSettings) {
    this.#settings = settings;
    this.#streams = createServer((socket) => void this.#serve(socket));
    this.#datagrams = createSocket('udp4');
    this.#datagrams.on('message', (bytes, { port, address }) => {
      for (const sent of this.#hear('udp', bytes)) this.#datagrams.send(sent, port, address);
    });
  }

  async start(): Promise<void> {
    this.port = await listenOnLoopback(this.#streams);
    await new Promise<void>((resolve) => this.#datagrams.bind(this.port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#streams.close(() => resolve()));
    await new Promise<void>((resolve) => this.#datagrams.close(() => resolve()));
  }

  #hear(over: 'udp' | 'tcp', bytes: Buffer): readonly Buffer[] {
    const query = dnsPacket.decode(bytes);
    this.questions.push({ over, query });
    const sent = this.#settings[over](query, this.questions.length);
    return sent === null ? [] : [sent].flat();
  }

  async #serve(plain: Socket): Promise<void> {
    const { issued } = this.#settings;
    this.#sockets.add(plain);
    plain.on('error', () => plain.destroy());
    const socket = issued === undefined ? plain : await serveTls(plain, issued);
    socket.on('error', () => plain.destroy());
    socket.on('data', (bytes: Buffer) => {
      for (const sent of this.#hear('tcp', bytes.subarray(lengthBytes))) {
        const length = Buffer.alloc(lengthBytes);
        length.writeUInt16BE(sent.length);
        socket.write(Buffer.concat([length, sent]));
      }
    });
  }
}

export async function startDnsServer(settings: DnsServerSettings): Promise<DnsServer> {
  const server = new DnsServer(settings);
  await server.start();
  return server;
}
