/** Shows rounds and votes as the API promises them. */
import type { CastVote, CertificateFacts, DomainFacts, RoundClosed } from '@quorate/contracts';
import { isoOf } from '../http/instants.ts';
import type { CertificateAnswer, RoundAnswer, VoteAnswer } from './round.schema.ts';

export function presentCertificate(certificate: CertificateFacts | null): CertificateAnswer | null {
  return certificate === null ? null : { ...certificate, notAfter: isoOf(certificate.notAfter) };
}

function presentDomain({ expiresAt, ...domain }: DomainFacts): NonNullable<VoteAnswer['domain']> {
  return { ...domain, expiresAt: expiresAt === null ? null : isoOf(expiresAt) };
}

export function presentVote({ startedAt, certificate, domain, ...vote }: CastVote): VoteAnswer {
  return {
    ...vote,
    startedAt: isoOf(startedAt),
    certificate: presentCertificate(certificate),
    ...(domain === undefined ? {} : { domain: presentDomain(domain) }),
  };
}

/** Of the certificates that the regions saw, the one that expires first; null where nobody saw any. */
export function presentFirstExpiry(votes: readonly Pick<CastVote, 'certificate'>[]): CertificateAnswer | null {
  const seen = votes.flatMap(({ certificate }) => (certificate === null ? [] : [certificate]));
  const [first = null] = seen.toSorted((left, right) => left.notAfter - right.notAfter);
  return presentCertificate(first);
}

type Shown = Omit<RoundAnswer, 'dueAt' | 'closedAt' | 'votes'> & Pick<RoundClosed, 'dueAt' | 'closedAt' | 'votes'>;

export function presentRound(round: Shown): RoundAnswer {
  const { kind, verdict, expectedRegions, absentRegions, quarantinedRegions, missedRoundCount } = round;
  return {
    dueAt: isoOf(round.dueAt),
    kind,
    verdict,
    closedAt: isoOf(round.closedAt),
    expectedRegions,
    absentRegions,
    quarantinedRegions,
    missedRoundCount,
    votes: round.votes.map(presentVote),
  };
}
