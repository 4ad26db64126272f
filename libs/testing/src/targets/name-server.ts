/** A small DNS server on the loopback interface, for names whose answers a spec decides. */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { isIP } from 'node:net';

export type NameAnswer =
  | { readonly addresses: readonly string[] }
  /** A response code of the protocol: 2 is SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  | { readonly rcode: number }
  | 'silence';

/** An answer, or what decides on it when asked; it may take its time. */
type NameScript = NameAnswer | ((questionCount: number) => NameAnswer | Promise<NameAnswer>);

export interface NameServer {
  /** As `dns.setServers` takes it. */
  readonly address: string;
  /** The questions that came, such as `A shop.test`. */
  readonly questions: readonly string[];
  /** What it answers for a name from now on. */
  set(name: string, answer: NameScript): void;
  close(): Promise<void>;
}

const typeA = 1;
const typeAaaa = 28;
const headerBytes = 12;
const noSuchName = 3;

interface Question {
  readonly name: string;
  readonly type: number;
  readonly bytes: Buffer;
}

function readQuestion(message: Buffer): Question {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: message.readUInt16BE(at + 1),
    bytes: message.subarray(headerBytes, at + 5),
  };
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ?? '').split(':').filter((group) => group !== '');
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function recordOf(address: string, type: number): Buffer {
  const data = addressBytes(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // The name is that of the question.
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(3_600, 6); // A long life, which no look-up may rely on.
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function reply(query: Buffer, question: Question, answer: Exclude<NameAnswer, 'silence'>): Buffer {
  const family = { [typeA]: 4, [typeAaaa]: 6 }[question.type] ?? 0;
  const addresses = 'rcode' in answer ? [] : answer.addresses.filter((address) => isIP(address) === family);
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | ('rcode' in answer ? answer.rcode : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, question.bytes, ...addresses.map((address) => recordOf(address, question.type))]);
}

const nowhere = (): NameAnswer => ({ rcode: noSuchName });

/** `otherwise` answers for the names that were never set; left out, they do not exist. */
export async function startNameServer(otherwise: (name: string) => NameAnswer = nowhere): Promise<NameServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  const answers = new Map<string, NameScript>();
  let isOpen = true;
  socket.on('message', (query: Buffer, { port, address }: RemoteInfo) => void hear(query, port, address));
  async function hear(query: Buffer, port: number, address: string): Promise<void> {
    const question = readQuestion(query);
    questions.push(`${question.type === typeAaaa ? 'AAAA' : 'A'} ${question.name}`);
    const set = answers.get(question.name) ?? otherwise(question.name);
    const answer = typeof set === 'function' ? await set(questions.length) : set;
    if (answer !== 'silence' && isOpen) socket.send(reply(query, question, answer), port, address);
  }
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    set: (name, answer) => void answers.set(name, answer),
    close: async () => {
      isOpen = false;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}
