/** Shows rounds and votes as the API promises them. */
import type { CastVote, DomainFacts, RoundClosed } from '@quorate/contracts';
import { isoOf } from '../http/instants.ts';
import type { RoundAnswer, VoteAnswer } from './round.schema.ts';

function presentDomain({ expiresAt, ...domain }: DomainFacts): NonNullable<VoteAnswer['domain']> {
  return { ...domain, expiresAt: expiresAt === null ? null : isoOf(expiresAt) };
}

export function presentVote({ startedAt, certificate, domain, ...vote }: CastVote): VoteAnswer {
  return {
    ...vote,
    startedAt: isoOf(startedAt),
    certificate: certificate === null ? null : { ...certificate, notAfter: isoOf(certificate.notAfter) },
    ...(domain === undefined ? {} : { domain: presentDomain(domain) }),
  };
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
