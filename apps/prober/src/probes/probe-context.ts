/** What every probe is given, and what a probe is. */
import type { Evidence, Instant } from '@quorate/contracts';
import type { Outbound } from '@quorate/outbound';
import type { AccessTokens } from '../auth/access-tokens.ts';
import type { KeptConnections } from '../exchange/kept-connections.ts';
import type { SecureContexts } from '../exchange/secure-contexts.ts';
import type { Trust } from '../exchange/trust.ts';
import type { Pinger } from '../icmp/pinger.ts';
import type { RegistryList } from '../rdap/registry-list.ts';
import type { RegistryMemory } from '../rdap/registry-memory.ts';

/** Whom to ask about domains, and what they have said. */
interface Registries {
  readonly list: RegistryList;
  readonly memory: RegistryMemory;
}

export interface ProbeContext {
  readonly outbound: Outbound;
  /** Of probes that bring no certificates along. */
  readonly trust: Trust;
  readonly contexts: SecureContexts;
  readonly userAgent: string;
  readonly kept: KeptConnections;
  readonly tokens: AccessTokens;
  readonly pinger: Pinger;
  readonly registries: Registries;
  /** Names the monitor among the kept connections and tokens. */
  readonly monitorKey: string;
  readonly startedAt: Instant;
  /** The one deadline over everything. */
  readonly timeoutMs: number;
  /** Aborted when the prober stops. */
  readonly signal: AbortSignal;
}

/** The context with the round that asks. */
export interface RoundContext extends ProbeContext {
  readonly dueAt: Instant;
}

/** Never rejects for anything that a target does. */
export type PerformProbe<Settings> = (settings: Settings, context: ProbeContext) => Promise<Evidence>;
