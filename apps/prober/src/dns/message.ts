/** DNS messages: a question to send, and a reply read into lines as `dig +short` writes them. */
import { isIPv6 } from 'node:net';
import type { DnsProbe } from '@quorate/contracts';
import * as dnsPacket from 'dns-packet';
import { assertWellFormed } from './well-formed.ts';

export type Question = Pick<DnsProbe, 'name' | 'recordType' | 'class' | 'recursion' | 'dnssec'>;

export interface ReplyRecord {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export interface Reply {
  readonly rcode: string;
  /** The reply was cut to fit a datagram. */
  readonly isCut: boolean;
  readonly isAuthoritative: boolean;
  /** The resolver says that it has validated the answer (DNSSEC). */
  readonly isValidated: boolean;
  readonly answer: readonly ReplyRecord[];
  readonly authority: readonly ReplyRecord[];
  readonly additional: readonly ReplyRecord[];
}

/** What fits through every path without fragments (DNS flag day 2020). */
const udpPayloadBytes = 1_232;

const nameOf = (name: string): string => (name === '.' ? '.' : name.replace(/\.$/, ''));

export function encodeQuestion({ name, recordType, recursion, dnssec, ...question }: Question, id: number): Buffer {
  const flags = (recursion ? dnsPacket.RECURSION_DESIRED : 0) | (dnssec ? dnsPacket.AUTHENTIC_DATA : 0);
  return dnsPacket.encode({
    type: 'query',
    id,
    flags,
    questions: [{ type: recordType, name: nameOf(name), class: question.class }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: udpPayloadBytes,
        flags: dnssec ? dnsPacket.DNSSEC_OK : 0,
        options: [],
        extendedRcode: 0,
        ednsVersion: 0,
        flag_do: dnssec,
      },
    ],
  });
}

/** What the library knows of a message and its types do not tell. */
type Decoded = dnsPacket.DecodedPacket & { readonly rcode?: string; readonly opcode?: string };

function isReplyTo(packet: Decoded, question: Question, id: number): boolean {
  if (packet.type !== 'response' || packet.opcode !== 'QUERY' || packet.id !== id) return false;
  const [asked] = packet.questions ?? [];
  // Who could not read the question does not repeat it.
  if (asked === undefined) return rcodeOf(packet) !== noError;
  const isNamed = nameOf(asked.name).toLowerCase() === nameOf(question.name).toLowerCase();
  return isNamed && asked.type === question.recordType;
}

const noError = 'NOERROR';
const rcodeOf = ({ rcode = noError }: Decoded): string => rcode;

/**
 * The reply to `question` with `id`. Null for what answers something else: a late reply, or a forged one. @throws when
 * it is no DNS message.
 */
export function decodeReply(message: Buffer, question: Question, id: number): Reply | null {
  assertWellFormed(message);
  const packet: Decoded = dnsPacket.decode(message);
  if (!isReplyTo(packet, question, id)) return null;
  const { flag_tc: isCut, flag_aa: isAuthoritative, flag_ad: isValidated } = packet;
  return {
    rcode: rcodeOf(packet),
    isCut,
    isAuthoritative,
    isValidated,
    answer: readRecords(packet.answers, question),
    authority: readRecords(packet.authorities, question),
    additional: readRecords(packet.additionals, question),
  };
}

/** Records of types that nobody can ask for, and of another class than was asked for, are left out. */
function readRecords(records: readonly dnsPacket.Answer[] = [], question: Question): ReplyRecord[] {
  return records.flatMap((record) => {
    const write = writers[record.type as RecordType] as Writer | undefined;
    const isAsked = 'class' in record && record.class === question.class;
    return write === undefined || !isAsked
      ? []
      : [{ name: nameOf(record.name), type: record.type, value: write(record) }];
  });
}

type RecordType = DnsProbe['recordType'];
type RecordOf<Type extends RecordType> = Extract<dnsPacket.Answer, { type: Type }>;
type Writer = (record: dnsPacket.Answer) => string;

/** Each type's data as `dig +short` writes it, but without the final dot of names. */
const writers: { readonly [Type in RecordType]: (record: RecordOf<Type>) => string } = {
  A: ({ data }) => data,
  AAAA: ({ data }) => canonicalAddress(data),
  CNAME: ({ data }) => nameOf(data),
  NS: ({ data }) => nameOf(data),
  PTR: ({ data }) => nameOf(data),
  // A character may begin in one of its strings and end in the next.
  TXT: ({ data }) => Buffer.concat([data].flat().map((text) => Buffer.from(text as string))).toString('utf8'),
  MX: ({ data: { preference, exchange } }) => [preference, nameOf(exchange)].join(' '),
  SRV: ({ data: { priority, weight, port, target } }) => [priority, weight, port, nameOf(target)].join(' '),
  CAA: ({ data: { flags, tag, value } }) => `${flags} ${tag} "${value}"`,
  SOA: ({ data: { mname, rname, serial, refresh, retry, expire, minimum } }) =>
    [nameOf(mname), nameOf(rname), serial, refresh, retry, expire, minimum].join(' '),
};

/** One spelling of an IPv6 address (RFC 5952). */
export function canonicalAddress(text: string): string {
  return isIPv6(text) ? (URL.parse(`http://[${text}]`)?.hostname.slice(1, -1) ?? text) : text;
}
