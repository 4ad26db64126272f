/** The TLS probe: a handshake, and before it the words of a protocol that begins in the clear. */
import type { TlsProbe } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { Conversation } from '../exchange/conversation.ts';
import { askForTls } from '../starttls/start-tls.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

async function look(conversation: Conversation, tls: TlsProbe, context: ProbeContext): Promise<Failure | null> {
  const { host, port, ipFamily: family, resolver, startTls, serverName } = tls;
  const identity = context.contexts.identityOf(tls);
  if (identity instanceof Failure) return identity;
  const unreached = await conversation.dial(context.outbound, { host, port, family, resolver });
  if (unreached !== null) return unreached;
  const refused = startTls === null ? null : await askForTls(conversation, startTls);
  if (refused !== null) return refused;
  return await conversation.startTls({
    host: (serverName ?? host).replace(/\.$/, ''),
    verify: tls.verify,
    certificateWarningDays: tls.certificateWarningDays,
    minVersion: tls.minVersion,
    protocols: [],
    refusal: 'awaited',
    ...identity,
  });
}

/** A handshake that succeeds is enough: nothing is said over it. */
export const probeTls: PerformProbe<TlsProbe> = async (tls, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  const conversation = new Conversation(attempt, 'latin1');
  try {
    const failure = await look(conversation, tls, context);
    attempt.finish();
    return evidenceOf(attempt, { failure, answer: conversation.lastHeard, secrets: [] });
  } finally {
    conversation.hangUp();
    attempt.finish();
  }
};
