/** What all probes of one prober have around them: the way out, whom they trust, the name they give. */
import { NameResolver, type AddressGuard } from '@quorate/outbound';
import { AccessTokens } from '../auth/access-tokens.ts';
import { KeptConnections } from '../exchange/kept-connections.ts';
import { SecureContexts } from '../exchange/secure-contexts.ts';
import { Pinger } from '../icmp/pinger.ts';
import { RegistryList } from '../rdap/registry-list.ts';
import { RegistryMemory } from '../rdap/registry-memory.ts';
import type { ProbeContext } from './probe-context.ts';

/** The context of every probe, without what is of one check. */
export type ProbeSurroundings = Omit<ProbeContext, 'monitorKey' | 'startedAt' | 'timeoutMs'>;

export interface SurroundingsSettings {
  readonly guard: AddressGuard;
  readonly region: string;
  readonly version: string;
  readonly signal: AbortSignal;
  /** The machine's own name servers when left out. */
  readonly resolver?: NameResolver;
  /** PEM of authorities to trust beside the usual ones. */
  readonly certificateAuthorities?: string;
}

export function createSurroundings(settings: SurroundingsSettings): ProbeSurroundings {
  const { guard, resolver = new NameResolver(), region, version, signal, certificateAuthorities } = settings;
  const outbound = { guard, resolver };
  const contexts = new SecureContexts(certificateAuthorities);
  return {
    outbound,
    trust: contexts.usual,
    contexts,
    userAgent: `Quorate/${version} (${region})`,
    kept: new KeptConnections(),
    tokens: new AccessTokens(),
    pinger: new Pinger(),
    registries: { list: new RegistryList(outbound), memory: new RegistryMemory() },
    signal,
  };
}
