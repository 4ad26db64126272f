/**
 * An undici dispatcher for calls to addresses that users choose (webhooks, API calls): it resolves the name itself,
 * checks every address, and dials the very address that it checked.
 */
import { Agent, buildConnector } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { BlockedAddressError, NameResolutionError } from './errors.ts';
import { lookUp, type Outbound } from './look-up.ts';
import { NameResolver } from './name-resolver.ts';

export interface GuardedAgentSettings {
  readonly guard: AddressGuard;
  readonly resolver?: NameResolver;
  /** From the first byte sent to the last header, and between two pieces of the body. */
  readonly timeoutMs?: number;
  /** PEM of certificate authorities to trust instead of the usual ones. */
  readonly certificateAuthorities?: string;
}

const connectMsMax = 10_000;
const timeoutMsDefault = 30_000;
const connectionsPerOriginMax = 8;
const headerBytesMax = 16 * 1024;
const responseBytesMax = 256 * 1024;

/** The longer an idle connection is kept, the likelier the other side has closed it as a request is sent. */
const keepAliveMs = 4_000;

async function addressFor(outbound: Outbound, host: string): Promise<string> {
  const resolution = await lookUp(outbound, host, 'auto');
  switch (resolution.kind) {
    case 'addresses':
      return resolution.addresses[0];
    case 'blocked':
      throw new BlockedAddressError(host, resolution.address);
    case 'failure':
      throw new NameResolutionError(host, resolution.failure);
    default:
      return resolution satisfies never;
  }
}

function guardedConnector(settings: GuardedAgentSettings): buildConnector.connector {
  const outbound: Outbound = { guard: settings.guard, resolver: settings.resolver ?? new NameResolver() };
  const { certificateAuthorities } = settings;
  const connect = buildConnector({
    allowH2: false,
    timeout: connectMsMax,
    autoSelectFamily: false,
    ...(certificateAuthorities === undefined ? {} : { ca: certificateAuthorities }),
  });
  return (options, callback) => {
    addressFor(outbound, options.hostname).then(
      (address) => connect({ ...options, hostname: address }, callback),
      (error: Error) => callback(error, null),
    );
  };
}

/**
 * Redirects are not followed, HTTP/2 is not offered, and no proxy is taken from the environment. A call fails with
 * `BlockedAddressError` or `NameResolutionError` before anything was dialled.
 */
export function createGuardedAgent(settings: GuardedAgentSettings): Agent {
  const timeoutMs = settings.timeoutMs ?? timeoutMsDefault;
  return new Agent({
    connect: guardedConnector(settings),
    allowH2: false,
    connections: connectionsPerOriginMax,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: headerBytesMax,
    maxResponseSize: responseBytesMax,
  });
}
