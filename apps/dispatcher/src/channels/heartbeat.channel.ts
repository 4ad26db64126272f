/**
 * The receiver of the dead man's switch: healthchecks.io, Better Stack, an Uptime Kuma push monitor, Dead Man's Snitch,
 * Opsgenie. To all of them the call itself is the message, so it has no body, and a redirect was no beat.
 */
import type { ChannelRecord } from '@quorate/contracts';
import type { ChannelAnswer, ChannelCall, ChannelType, Judgement } from './channel-call.ts';
import { judgeStatus } from './judgement.ts';

type Heartbeat = Extract<ChannelRecord, { type: 'heartbeat' }>;

/** healthchecks.io answers 200 to a beat that it did not count: `OK (not found)`, `OK (rate limited)`. */
const notCounted = /^OK \(([^)]{1,80})\)/;

function judge({ statusCode, text }: ChannelAnswer): Judgement {
  const judged = judgeStatus(statusCode);
  const why = notCounted.exec(text)?.[1];
  if (judged.outcome !== 'accepted' || why === undefined) return judged;
  return { outcome: 'refused', error: `answered ${statusCode}, but did not count it: ${why}` };
}

export const heartbeatChannel: ChannelType<Heartbeat> = {
  budget: null,
  call: ({ heartbeat: { url, method } }: Heartbeat): ChannelCall => ({ method, url, headers: {}, body: null }),
  judge,
};
