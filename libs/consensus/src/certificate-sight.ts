/** What the regions of a round have seen of the target's certificate: who agrees that it is about to expire. */
import type { CertificateFacts } from '@quorate/contracts';
import { byRegion } from './evidence.ts';
import { absentIn, type Ruling } from './ruling.ts';
import { quorumOf } from './tally.ts';
import type { AnnouncedWindow } from './vote-window.ts';

export interface SeenCertificate {
  readonly region: string;
  readonly certificate: CertificateFacts;
}

export interface CertificateSight {
  /** How many regions speak for the round: a strict majority of its voters, and two where there are two. */
  readonly quorum: number;
  /** About to expire. One that has expired is no warning any more: with it the target is down. */
  readonly expiring: readonly SeenCertificate[];
  /** Far from its end. */
  readonly lasting: readonly SeenCertificate[];
  /** The regions that saw all be well, and no certificate. */
  readonly bareCount: number;
}

/** `silent` are the regions that missed the monitor's last rounds. */
export function certificateSightOf(
  window: AnnouncedWindow,
  { quarantinedRegions }: Pick<Ruling, 'quarantinedRegions'>,
  silent: ReadonlySet<string>,
): CertificateSight {
  const { expectedRegions, registeredRegions } = window.check;
  const absent = absentIn(window, silent);
  const isVoter = (region: string) => !quarantinedRegions.includes(region);
  const voters = expectedRegions.filter(
    (region) => isVoter(region) && (window.votes.has(region) || !absent.has(region)),
  );
  const votes = byRegion(window.votes).filter(({ vote }) => isVoter(vote.region));
  const seen = votes.flatMap(({ vote: { region, certificate } }) =>
    certificate === null ? [] : [{ region, certificate }],
  );
  const electorate = { voterCount: voters.length, registeredCount: registeredRegions.length };
  return {
    quorum: quorumOf({ quorum: 'majority', electorate: 'expected' }, electorate),
    expiring: seen.filter(({ certificate: { warning, daysLeft } }) => warning && daysLeft >= 0),
    lasting: seen.filter(({ certificate }) => !certificate.warning),
    bareCount: votes.filter(({ vote: { outcome, certificate } }) => outcome === 'up' && certificate === null).length,
  };
}
