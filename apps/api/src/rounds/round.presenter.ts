/** Shows rounds and votes as the API promises them. */
import type { CastVote, RoundClosed } from '@quorate/contracts';
import { isoOf } from '../http/instants.ts';
import type { RoundAnswer, VoteAnswer } from './round.schema.ts';

export function presentVote({ startedAt, certificate, ...vote }: CastVote): VoteAnswer {
  return {
    ...vote,
    startedAt: isoOf(startedAt),
    certificate: certificate === null ? null : { ...certificate, notAfter: isoOf(certificate.notAfter) },
  };
}

type ShownOfRound = Pick<RoundClosed, 'dueAt' | 'kind' | 'verdict' | 'closedAt' | 'expectedRegions' | 'votes'>;

export function presentRound({ dueAt, kind, verdict, closedAt, expectedRegions, votes }: ShownOfRound): RoundAnswer {
  return {
    dueAt: isoOf(dueAt),
    kind,
    verdict,
    closedAt: isoOf(closedAt),
    expectedRegions,
    votes: votes.map(presentVote),
  };
}
