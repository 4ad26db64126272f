/** What a spec of probes plays on: a prober that may dial this machine, and servers that end with each spec. */
import { afterAll, afterEach } from '@jest/globals';
import { AddressGuard, allowLoopback, allowNothing, NameResolver, type Outbound } from '@quorate/outbound';
import { createAuthority, type Authority, type Issued } from '@quorate/testing';
import type { RoundContext } from './probe-context.ts';
import { createSurroundings, type ProbeSurroundings } from './surroundings.ts';

interface Server {
  close(): Promise<void>;
}

export class ProbeStage {
  /** Whom the prober trusts beside the usual ones. */
  readonly authority: Authority;
  /** For `localhost`. */
  readonly issued: Issued;
  /** The way out of an installation that probes no private address. */
  readonly publicOnly: Outbound = { guard: new AddressGuard(allowNothing), resolver: new NameResolver() };
  readonly #surroundings: ProbeSurroundings;
  readonly #servers = new Set<Server>();

  constructor(authority: Authority, issued: Issued, signal: AbortSignal) {
    this.authority = authority;
    this.issued = issued;
    this.#surroundings = createSurroundings({
      guard: new AddressGuard(allowLoopback),
      region: 'eu',
      version: '1',
      signal,
      certificateAuthorities: authority.certificate,
    });
  }

  /** Of a round that begins now, and is soon over. */
  context(changes: Partial<RoundContext> = {}): RoundContext {
    const now = Date.now();
    return { ...this.#surroundings, monitorKey: 'm', startedAt: now, dueAt: now, timeoutMs: 900, ...changes };
  }

  /** It is closed when the spec ends. */
  async serve<Kind extends Server>(starting: Promise<Kind>): Promise<Kind> {
    const server = await starting;
    this.#servers.add(server);
    return server;
  }

  async clear(): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.close()));
    this.#servers.clear();
  }
}

/** For all specs of a file. */
export async function openProbeStage(): Promise<ProbeStage> {
  const authority = await createAuthority();
  const stop = new AbortController();
  const stage = new ProbeStage(authority, await authority.issue({ names: ['localhost'] }), stop.signal);
  afterEach(() => stage.clear());
  afterAll(() => stop.abort());
  return stage;
}
