/** Whether a name server's reply is what a monitor expects. */
import type { DnsProbe, Reason } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import { canonicalAddress, type Reply, type ReplyRecord } from '../dns/message.ts';
import { isMatch } from './pattern.ts';

type Expect = DnsProbe['expect'];

const quotedRecordsMax = 10;

const rcodeReasons: Readonly<Record<string, Reason>> = {
  NXDOMAIN: 'dns.nxdomain',
  SERVFAIL: 'dns.servfail',
  REFUSED: 'dns.refused',
};

const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The name that was asked for, and all that it is an alias of, in whatever order the records come. */
function namesOf(asked: string, answer: readonly ReplyRecord[]): ReadonlySet<string> {
  const aliases = new Map<string, string>();
  for (const { type, name, value } of answer) if (type === 'CNAME') aliases.set(plainName(name), plainName(value));
  const names = new Set<string>();
  let next: string | undefined = plainName(asked);
  while (next !== undefined && !names.has(next)) {
    names.add(next);
    next = aliases.get(next);
  }
  return names;
}

/** The records that the monitor looks at. */
function lookedAt(reply: Reply, { name, recordType, expect: { section } }: DnsProbe): readonly ReplyRecord[] {
  if (section !== 'answer') return reply[section];
  const names = namesOf(name, reply.answer);
  return reply.answer.filter((record) => record.type === recordType && names.has(plainName(record.name)));
}

/** One spelling for what means the same: names in any case and with or without the final dot. Texts are as they are. */
function spelling(value: string, recordType: DnsProbe['recordType']): string {
  if (recordType === 'TXT') return value;
  const plain = value.trim().replace(/\s+/g, ' ').toLowerCase();
  return recordType === 'AAAA' ? canonicalAddress(plain) : plain.replace(/\.(?= |$)/g, '');
}

const quotedTexts = /^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/s;

/** What `dig +short` writes as `"v=spf1 " "-all"`, as the one text that it is; anything else stays. */
function unquoted(value: string): string {
  if (!quotedTexts.test(value)) return value;
  // Escapes are of bytes: 195 and 169 are one character.
  const bytes = Buffer.from(value, 'utf8').toString('latin1');
  const texts = bytes.slice(1, -1).replace(/(?<!\\)((?:\\\\)*)"\s+"/g, '$1');
  const plain = texts.replace(/\\(\d{3}|.)/gs, (_, escaped: string) =>
    escaped.length === 1 ? escaped : String.fromCharCode(Number(escaped)),
  );
  return Buffer.from(plain, 'latin1').toString('utf8');
}

function wantedSpelling(value: string, recordType: DnsProbe['recordType'], got: ReadonlySet<string>): string {
  const plain = spelling(value, recordType);
  return recordType === 'TXT' && !got.has(plain) ? unquoted(plain) : plain;
}

function quote(records: readonly ReplyRecord[]): string {
  const values = records.slice(0, quotedRecordsMax).map(({ value }) => JSON.stringify(value));
  const more = records.length > quotedRecordsMax ? ` and ${records.length - quotedRecordsMax} more` : '';
  return values.length === 0 ? 'nothing' : values.join(', ') + more;
}

const holds: Readonly<Record<Expect['match'], (wanted: ReadonlySet<string>, got: ReadonlySet<string>) => boolean>> = {
  any: (wanted, got) => !wanted.isDisjointFrom(got),
  all: (wanted, got) => wanted.isSubsetOf(got),
  exact: (wanted, got) => wanted.isSubsetOf(got) && got.isSubsetOf(wanted),
  none: (wanted, got) => wanted.isDisjointFrom(got),
};

const wishes: Readonly<Record<Expect['match'], string>> = {
  any: 'one of',
  all: 'all of',
  exact: 'exactly',
  none: 'none of',
};

function judgeValues(records: readonly ReplyRecord[], { recordType, expect }: DnsProbe): Failure | null {
  const { values, match } = expect;
  if (values.length === 0) return null;
  const got = new Set(records.map(({ value }) => spelling(value, recordType)));
  const wanted = new Set(values.map((value) => wantedSpelling(value, recordType, got)));
  if (holds[match](wanted, got)) return null;
  const wish = `${wishes[match]} ${values.map((value) => JSON.stringify(value)).join(', ')}`;
  return new Failure('dns.mismatch', `got ${quote(records)}, expected ${wish}`);
}

function judgePatterns(records: readonly ReplyRecord[], expectations: Expect['records']): Failure | null {
  for (const expectation of expectations) {
    const isWanted = 'matches' in expectation;
    const pattern = isWanted ? expectation.matches : expectation.notMatches;
    const isThere = records.some(({ value }) => isMatch(pattern, value));
    if (isThere === isWanted) continue;
    const wish = isWanted ? 'a record that matches' : 'no record that matches';
    return new Failure('dns.mismatch', `got ${quote(records)}, expected ${wish} ${JSON.stringify(pattern)}`);
  }
  return null;
}

function judgeFlags(reply: Reply, { dnssec, expect: { authoritative } }: DnsProbe): Failure | null {
  if (dnssec && !reply.isValidated)
    return new Failure('dns.mismatch', 'the resolver has not validated the answer (no AD bit)');
  if (authoritative === null || authoritative === reply.isAuthoritative) return null;
  const got = reply.isAuthoritative ? 'an authoritative answer' : 'an answer that is not authoritative';
  return new Failure('dns.mismatch', `got ${got}, expected the contrary`);
}

/** Whether an empty reply is as good as any: none was asked for, or it is the name's absence that is expected. */
function maybeEmpty(reply: Reply, { match, values }: Expect): boolean {
  return reply.rcode !== 'NOERROR' || (match === 'none' && values.length > 0);
}

/** Null when the reply is as expected. */
export function judgeReply(reply: Reply, dns: DnsProbe): Failure | null {
  const { name, recordType, expect } = dns;
  if (!(expect.rcodes as readonly string[]).includes(reply.rcode)) {
    const reason = rcodeReasons[reply.rcode] ?? 'dns.mismatch';
    return new Failure(reason, `got ${reply.rcode} for ${name} ${recordType}, expected ${expect.rcodes.join(' or ')}`);
  }
  const records = lookedAt(reply, dns);
  if (records.length === 0 && !maybeEmpty(reply, expect)) {
    const what = expect.section === 'answer' ? `${recordType} record` : `record in the ${expect.section} section`;
    return new Failure('dns.no-answer', `${name} has no ${what}`);
  }
  return judgeFlags(reply, dns) ?? judgeValues(records, dns) ?? judgePatterns(records, expect.records);
}

/** The whole reply, for a failure's excerpt. */
export function replyText({ rcode, answer, authority, additional }: Reply): string {
  const lines = [...answer, ...authority, ...additional].map(({ name, type, value }) => `${name} ${type} ${value}`);
  return [rcode, ...lines].join('\n');
}
