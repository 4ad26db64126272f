/**
 * What is worth telling of a certificate: when the first of its chain expires, and who issued it. The chain is the one
 * that proves it: of what the target sent, the links from its certificate up to the first authority that is trusted.
 * What is sent beside them, such as an old cross-signed root, may expire unheeded.
 */
import type { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '@quorate/contracts';
import { longestLasting, type Trust } from './trust.ts';

const dayMs = 86_400_000;
const nameCharactersMax = 512;
/** Real chains have two to four; a hostile one could have thousands. */
const chainLengthMax = 10;

/** In the order in which they were sent. */
function sentAfter(leaf: X509Certificate): X509Certificate[] {
  const sent: X509Certificate[] = [];
  let next = leaf.issuerCertificate;
  while (next !== undefined && sent.length < chainLengthMax) {
    sent.push(next);
    next = next.issuerCertificate;
  }
  return sent;
}

/** From the leaf to the trusted authority, or as far as it goes. */
export function chainOf(leaf: X509Certificate, trust: Trust): readonly X509Certificate[] {
  const chain = [leaf];
  const sent = sentAfter(leaf);
  for (let last = leaf; chain.length < chainLengthMax && last.subject !== last.issuer;) {
    const authority = trust.issuerOf(last);
    const link = authority ?? longestLasting(sent.filter((one) => !chain.includes(one) && last.checkIssued(one)));
    if (link === null) break;
    chain.push(link);
    if (authority !== null) break;
    last = link;
  }
  return chain;
}

/** A certificate without a subject has none to tell. */
const nameOf = (name: string | undefined): string => (name ?? '').replaceAll('\n', ', ').slice(0, nameCharactersMax);

/** What a chain says of itself, whenever it is asked. */
type ChainFacts = Pick<CertificateFacts, 'notAfter' | 'issuer' | 'subject' | 'firstToExpire'>;

function readFacts(leaf: X509Certificate, trust: Trust): ChainFacts {
  const [first = leaf] = chainOf(leaf, trust).toSorted(
    (one, other) => Number(one.validToDate) - Number(other.validToDate),
  );
  return {
    notAfter: Math.max(0, first.validToDate.getTime()),
    issuer: nameOf(leaf.issuer),
    subject: nameOf(leaf.subject),
    firstToExpire: nameOf(first.subject),
  };
}

/** A target shows the same certificates each time, and to read them takes a twentieth of a handshake. */
const chainsRememberedMax = 2_000;
const remembered = new Map<string, ChainFacts>();

/** Of the chain that leads from `leaf` to an authority of `trust`. */
export function chainFacts(leaf: X509Certificate, trust: Trust): ChainFacts {
  const sent = [leaf, ...sentAfter(leaf)];
  const name = `${trust.id} ${sent.map(({ fingerprint256 }) => fingerprint256).join(' ')}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const facts = readFacts(leaf, trust);
  const [oldest] = remembered.keys();
  if (remembered.size >= chainsRememberedMax && oldest !== undefined) remembered.delete(oldest);
  remembered.set(name, facts);
  return facts;
}

interface CertificateJudge {
  /** The present, in milliseconds since the epoch. */
  readonly now: number;
  readonly certificateWarningDays: number;
  readonly protocol: string | null;
  readonly cipher: string | null;
}

export function certificateFacts(
  { notAfter, issuer, subject, firstToExpire }: ChainFacts,
  { now, certificateWarningDays, protocol, cipher }: CertificateJudge,
): CertificateFacts {
  const daysLeft = Math.floor((notAfter - now) / dayMs);
  const warning = daysLeft < certificateWarningDays;
  return { notAfter, daysLeft, issuer, subject, firstToExpire, protocol, cipher, warning };
}

/** Of several hops' certificates the one that expires first is the one to tell of. */
export function earlier(known: CertificateFacts | null, facts: CertificateFacts): CertificateFacts {
  return known !== null && known.notAfter <= facts.notAfter ? known : facts;
}
