/**
 * From a name to a connection: a fresh look-up, a check of every address, and a dial of the checked ones in turn. With
 * both families at hand IPv4 is tried first; the target counts as reached when one address takes the connection.
 */
import type { Reason } from '@quorate/contracts';
import { lookUp, NameResolver, type AddressFamily, type GuardedResolution, type Outbound } from '@quorate/outbound';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { Connection, codeOf } from './connection.ts';

export interface Destination {
  /** A name or a literal, as a URL or a person writes it. */
  readonly host: string;
  readonly port: number;
  readonly family: AddressFamily;
  /** The monitor's own name server, `address[:port]`; left out or null for those of the machine. */
  readonly resolver?: string | null;
  readonly plain: boolean;
  /** How long all its addresses together may take, where another destination waits for its turn. */
  readonly limitMs?: number;
}

/** A host to be looked up, and how. */
export type Sought = Pick<Destination, 'host' | 'family' | 'resolver'>;

/** A name with more addresses than this is not down because the fifth was not tried. */
const addressesTriedMax = 4;

const familyNames = { auto: 'address', '4': 'IPv4 address', '6': 'IPv6 address' } as const;

function outOfReach(resolver: string | null | undefined): Failure {
  if (typeof resolver === 'string')
    return new Failure('dns.unreachable', `the name server ${resolver} cannot be reached`);
  return new Failure('prober.isolated', 'no name server of the prober could be reached');
}

/** Why nothing was dialled. */
function resolutionFailure(
  resolution: Exclude<GuardedResolution, { kind: 'addresses' }>,
  { host, family, resolver }: Sought,
): Failure {
  const servers = typeof resolver !== 'string' ? 'the name servers' : `the name server ${resolver}`;
  if (resolution.kind === 'blocked') {
    return new Failure(
      'blocked.address',
      `${host} leads to ${resolution.address}, an address that this installation does not probe`,
    );
  }
  switch (resolution.failure) {
    case 'nxdomain':
      return new Failure('dns.nxdomain', `there is no host named ${host}`);
    case 'servfail':
      return new Failure('dns.servfail', `${servers} failed to answer for ${host}`);
    case 'refused':
      return new Failure('dns.refused', `${servers} refused to answer for ${host}`);
    case 'no-answer':
      return new Failure('dns.no-answer', `${host} has no ${familyNames[family]}`);
    case 'timeout':
      return new Failure('timeout.dns', `${servers} did not answer for ${host}`);
    case 'unavailable':
      return outOfReach(resolver);
    default:
      return resolution.failure satisfies never;
  }
}

const connectReasons: Readonly<Record<string, { readonly reason: Reason; readonly saying: string }>> = {
  ECONNREFUSED: { reason: 'connect.refused', saying: 'refused the connection' },
  ECONNRESET: { reason: 'connect.reset', saying: 'reset the connection' },
  ETIMEDOUT: { reason: 'timeout.connect', saying: 'did not take the connection in time' },
  EMFILE: { reason: 'prober.internal', saying: 'could not be dialled: the prober has no file descriptor left' },
  ENFILE: { reason: 'prober.internal', saying: 'could not be dialled: the machine has no file descriptor left' },
  ENOBUFS: { reason: 'prober.internal', saying: 'could not be dialled: the machine has no buffer left' },
  ENOMEM: { reason: 'prober.internal', saying: 'could not be dialled: the machine has no memory left' },
};

function connectFailure(code: string, { address, port }: { address: string; port: number }): Failure {
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const known = connectReasons[code];
  if (known !== undefined) return new Failure(known.reason, `${where} ${known.saying}`);
  return new Failure('connect.unreachable', `${where} cannot be reached (${code})`);
}

interface Dialling {
  readonly address: string;
  readonly port: number;
  readonly plain: boolean;
  /** How long this address may take, where another one waits for its turn. */
  readonly limitMs: number;
}

export async function connectTo(attempt: Attempt, dialling: Dialling): Promise<Connection | Failure> {
  return await attempt.wait<Connection>('connect', (done) => {
    const connection = Connection.open(dialling);
    const { socket } = connection;
    const giveUp = (): void => {
      clearTimeout(timer);
      connection.close();
    };
    const fail = (code: string): void => {
      giveUp();
      done(connectFailure(code, dialling));
    };
    // A limit as long as the deadline itself would end the wait in words that blame it on nothing.
    const isLimited = dialling.limitMs < attempt.timeoutMs;
    const timer = isLimited ? setTimeout(fail, dialling.limitMs, 'ETIMEDOUT') : undefined;
    const failed = (error: Error): void => fail(codeOf(error));
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      done(connection);
    });
    return giveUp;
  });
}

async function dialInTurn(
  attempt: Attempt,
  addresses: readonly string[],
  { port, plain, limitMs: turnMs }: Destination,
): Promise<Connection | Failure> {
  let firstFailure: Failure | null = null;
  const endsAt = performance.now() + Math.min(turnMs ?? attempt.timeoutMs, attempt.remainingMs);
  for (const [index, address] of addresses.entries()) {
    attempt.address = address;
    // The last address may use all that is left; where that is all there is, the deadline itself ends it.
    const turnsLeft = addresses.length - index;
    const isLast = turnsLeft === 1 && turnMs === undefined;
    const limitMs = isLast ? attempt.timeoutMs : Math.max(0, endsAt - performance.now()) / turnsLeft;
    const connection = await connectTo(attempt, { address, port, plain, limitMs });
    if (connection instanceof Connection) return connection;
    firstFailure ??= connection;
    if (attempt.isOver) return connection;
  }
  attempt.address = addresses[0] ?? null;
  return firstFailure ?? new Failure('prober.internal', 'there was no address to dial');
}

/** Where names are asked for: a monitor's own name server is held to the guard, as everything that a user chose. */
function askingAt(resolver: string | null, outbound: Outbound): Outbound | Failure {
  if (resolver === null) return outbound;
  const [, address = resolver] = /^\[?(.*?)\]?(?::\d+)?$/.exec(resolver) ?? [];
  if (outbound.guard.permits(address)) {
    return { guard: outbound.guard, resolver: new NameResolver({ servers: [resolver], hostsFile: null }) };
  }
  return new Failure('blocked.address', `the name server ${resolver} is one that this installation does not ask`);
}

/** The addresses of a host that may be dialled, freshly looked up. */
export async function resolveHost(
  attempt: Attempt,
  outbound: Outbound,
  sought: Sought,
): Promise<readonly string[] | Failure> {
  const asked = askingAt(sought.resolver ?? null, outbound);
  if (asked instanceof Failure) return asked;
  const resolution = await attempt.wait<GuardedResolution>('dns', (done) => {
    void lookUp(asked, sought.host, sought.family).then(done);
    // The machine's own serve other probes too.
    return () => asked !== outbound && asked.resolver.cancel();
  });
  if (resolution instanceof Failure) return resolution;
  if (resolution.kind !== 'addresses') return resolutionFailure(resolution, sought);
  return resolution.addresses.slice(0, addressesTriedMax);
}

export async function dial(
  attempt: Attempt,
  outbound: Outbound,
  destination: Destination,
): Promise<Connection | Failure> {
  const addresses = await resolveHost(attempt, outbound, destination);
  if (addresses instanceof Failure) return addresses;
  return await dialInTurn(attempt, addresses, destination);
}
