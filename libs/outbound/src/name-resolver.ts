/**
 * Names to addresses, on c-ares: hundreds of slow look-ups at once do not wait for each other (getaddrinfo has four
 * threads), and nothing is remembered, so every look-up is a fresh one.
 */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { HostsFile } from './hosts-file.ts';

/** `auto`: IPv4 first, then IPv6, taken in turns when there are several of both. */
export type AddressFamily = 'auto' | '4' | '6';

/** `unavailable`: no name server could be reached at all, which says something of this machine and not of the name. */
export type ResolutionFailure = 'nxdomain' | 'servfail' | 'refused' | 'no-answer' | 'timeout' | 'unavailable';

export type Resolution =
  | { readonly kind: 'addresses'; readonly addresses: readonly [string, ...string[]] }
  | { readonly kind: 'failure'; readonly failure: ResolutionFailure };

export interface NameResolverSettings {
  /** `address[:port]` of each name server; the machine's own when left out. */
  readonly servers?: readonly string[];
  /** Null: names are what the name servers say, and nothing else. */
  readonly hostsFile?: string | null;
}

/** A try at one server; the caller's own deadline is what ends a look-up. */
const tryMs = 2_500;
const tries = 3;
/** The machine's name servers may change under us, so they are read anew this often. */
const serversFreshMs = 60_000;
/** How long a slow AAAA answer may hold up an A answer that is there (RFC 8305, section 3). */
const resolutionDelayMs = 50;

const failures: Readonly<Record<string, ResolutionFailure>> = {
  ENOTFOUND: 'nxdomain',
  EBADNAME: 'nxdomain',
  ENODATA: 'no-answer',
  ESERVFAIL: 'servfail',
  EREFUSED: 'refused',
  ETIMEOUT: 'timeout',
  ECANCELLED: 'timeout',
  ECONNREFUSED: 'unavailable',
  ENOTIMP: 'servfail',
  EFORMERR: 'servfail',
  EBADRESP: 'servfail',
};

function failed(failure: ResolutionFailure): Resolution {
  return { kind: 'failure', failure };
}

function found(addresses: readonly string[]): Resolution {
  const [first, ...others] = addresses;
  return first === undefined ? failed('no-answer') : { kind: 'addresses', addresses: [first, ...others] };
}

function isOfFamily(address: string, family: AddressFamily): boolean {
  return family === 'auto' || isIP(address) === Number(family);
}

export class NameResolver {
  readonly #servers: readonly string[] | null;
  readonly #hostsFile: HostsFile | null;
  #resolver: Resolver | null = null;
  #madeAt = 0;

  constructor({ servers, hostsFile = '/etc/hosts' }: NameResolverSettings = {}) {
    this.#servers = servers ?? null;
    this.#hostsFile = hostsFile === null ? null : new HostsFile(hostsFile);
  }

  /** `address[:port]` of each name server, in the order in which they are asked. */
  get servers(): readonly string[] {
    return this.#currentResolver().getServers();
  }

  /** Never rejects. `host` may be a name (with or without its final dot) or a literal, also in brackets. */
  async resolve(host: string, family: AddressFamily): Promise<Resolution> {
    const name = host
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/\.$/, '')
      .toLowerCase();
    const known = isIP(name) === 0 ? await this.#knownHere(name) : [name];
    if (known.length > 0) return found(known.filter((address) => isOfFamily(address, family)));
    return family === 'auto' ? await this.#resolveBoth(name) : await this.#query(name, family);
  }

  /** Gives up whatever is under way. */
  cancel(): void {
    this.#resolver?.cancel();
  }

  async #knownHere(name: string): Promise<readonly string[]> {
    if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1', '::1'];
    return (await this.#hostsFile?.addressesOf(name)) ?? [];
  }

  async #resolveBoth(name: string): Promise<Resolution> {
    const asked6 = this.#query(name, '6');
    const answer4 = await this.#query(name, '4');
    if (answer4.kind === 'failure') return preferAddresses(await asked6, answer4);
    const answer6 = await within(asked6, resolutionDelayMs);
    return answer6?.kind === 'addresses' ? found(inTurns(answer4.addresses, answer6.addresses)) : answer4;
  }

  async #query(name: string, family: '4' | '6'): Promise<Resolution> {
    const resolver = this.#currentResolver();
    try {
      return found(family === '4' ? await resolver.resolve4(name) : await resolver.resolve6(name));
    } catch (error) {
      return failed(failures[(error as NodeJS.ErrnoException).code ?? ''] ?? 'servfail');
    }
  }

  #currentResolver(): Resolver {
    if (this.#resolver !== null && performance.now() - this.#madeAt < serversFreshMs) return this.#resolver;
    this.#madeAt = performance.now();
    this.#resolver = new Resolver({ timeout: tryMs, tries });
    if (this.#servers !== null) this.#resolver.setServers(this.#servers);
    return this.#resolver;
  }
}

function preferAddresses(other: Resolution, failure: Resolution): Resolution {
  return other.kind === 'addresses' ? other : failure;
}

function inTurns(first: readonly string[], second: readonly string[]): string[] {
  const count = Math.max(first.length, second.length);
  const turns = Array.from({ length: count }, (_, index) => [first[index], second[index]]);
  return turns.flat().filter((address) => address !== undefined);
}

/** What `promise` resolves to, or null when that takes longer than `ms`. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
