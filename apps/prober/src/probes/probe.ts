/** The table of probes: a new type is one file beside this one and one row here. */
import type { Evidence, Probe } from '@quorate/contracts';
import { probeHttp } from './http.probe.ts';
import type { ProbeContext } from './probe-context.ts';
import { probeTcp } from './tcp.probe.ts';

type Rows = {
  readonly [Type in Probe['type']]: (probe: Extract<Probe, { type: Type }>, context: ProbeContext) => Promise<Evidence>;
};

const rows: Rows = {
  http: ({ http }, context) => probeHttp(http, context),
  tcp: ({ tcp }, context) => probeTcp(tcp, context),
};

export async function performProbe(probe: Probe, context: ProbeContext): Promise<Evidence> {
  const perform = rows[probe.type] as (probe: Probe, context: ProbeContext) => Promise<Evidence>;
  return await perform(probe, context);
}

/** Whom a probe puts load on. */
export function targetHostOf(probe: Probe): string {
  return probe.type === 'http' ? new URL(probe.http.url).host : probe.tcp.host;
}
