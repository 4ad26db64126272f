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

export interface CertificateJudge {
  /** The present, in milliseconds since the epoch. */
  readonly now: number;
  readonly certificateWarningDays: number;
  readonly protocol: string | null;
  readonly cipher: string | null;
}

export function certificateFacts(
  chain: readonly X509Certificate[],
  { now, certificateWarningDays, protocol, cipher }: CertificateJudge,
): CertificateFacts | null {
  const [leaf] = chain;
  const [first] = chain.toSorted((left, right) => Number(left.validToDate) - Number(right.validToDate));
  if (leaf === undefined || first === undefined) return null;
  const notAfter = Math.max(0, first.validToDate.getTime());
  const daysLeft = Math.floor((notAfter - now) / dayMs);
  return {
    notAfter,
    daysLeft,
    issuer: nameOf(leaf.issuer),
    subject: nameOf(leaf.subject),
    firstToExpire: nameOf(first.subject),
    protocol,
    cipher,
    warning: daysLeft < certificateWarningDays,
  };
}

/** Of several hops' certificates the one that expires first is the one to tell of. */
export function earlier(known: CertificateFacts | null, facts: CertificateFacts): CertificateFacts {
  return known !== null && known.notAfter <= facts.notAfter ? known : facts;
}
