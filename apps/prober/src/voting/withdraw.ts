/** A failure that the prober does not hold against the target: an abstention that still tells what was seen. */
import type { Evidence, Reason } from '@quorate/contracts';

const messageCharactersMax = 1_024;

export function withdraw(evidence: Evidence, reason: Extract<Reason, `prober.${string}`>, because: string): Evidence {
  const message = `${because}, so this says nothing of the target: ${evidence.message} (${evidence.reason})`;
  return { ...evidence, outcome: 'abstain', reason, message: message.slice(0, messageCharactersMax) };
}
