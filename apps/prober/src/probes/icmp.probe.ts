/** The ICMP probe: sends echo requests to a host, and counts the answers. */
import type { IcmpProbe } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { resolveHost } from '../exchange/dial.ts';
import { PingOutput } from '../icmp/ping-output.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

interface Pinged {
  readonly output: PingOutput;
  readonly failure: Failure | null;
}

async function ping(attempt: Attempt, icmp: IcmpProbe, { pinger }: ProbeContext): Promise<Pinged> {
  const address = attempt.address ?? '';
  const output = new PingOutput(address);
  const heard = (): void => {
    if (output.hasReplies) attempt.enter('transfer');
  };
  let giveUp = (): boolean => false;
  const outcome = await attempt.wait<{ readonly failure: Failure | null }>('ttfb', (done) => {
    const request = () => ({ address, count: icmp.count, remainingMs: attempt.remainingMs });
    giveUp = pinger.ping(request, { output, heard }, (failure) => done({ failure }));
    return () => undefined;
  });
  const hasBegun = giveUp();
  if (!(outcome instanceof Failure)) return { output, failure: outcome.failure ?? output.refusal() };
  if (!outcome.reason.startsWith('timeout.')) return { output, failure: outcome };
  // What has not come by the end of the time is lost, and what was never sent says nothing of the target.
  return { output, failure: hasBegun ? null : new Failure('prober.missed', 'no ping could be started in time') };
}

async function look(attempt: Attempt, icmp: IcmpProbe, context: ProbeContext): Promise<Failure | null> {
  const addresses = await resolveHost(attempt, context.outbound, { host: icmp.host, family: icmp.ipFamily });
  if (addresses instanceof Failure) return addresses;
  attempt.address = addresses[0] ?? null;
  const { output, failure } = await ping(attempt, icmp, context);
  if (failure !== null) return failure;
  attempt.facts.ping = output.facts(icmp.count);
  return output.judge(attempt.facts.ping, icmp.maxLossPercent);
}

export const probeIcmp: PerformProbe<IcmpProbe> = async (icmp, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  try {
    const failure = await look(attempt, icmp, context);
    attempt.finish();
    return evidenceOf(attempt, { failure, answer: '', secrets: [] });
  } finally {
    attempt.finish();
  }
};
