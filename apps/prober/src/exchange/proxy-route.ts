/**
 * The way to a target through its monitor's proxy. The proxy is dialled as any target is, guard and all; what it is
 * asked for is checked as far as this side can see it: an address, or a name that is looked up here.
 */
import { isIP } from 'node:net';
import { looksUpItself, type Proxy } from '@quorate/contracts';
import type { Outbound } from '@quorate/outbound';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from './connection.ts';
import { dial, resolveHost, type Destination } from './dial.ts';
import { openTunnel } from './proxy-connect.ts';
import { openSocksTunnel } from './proxy-socks5.ts';
import { blame, isSocks, placeOf } from './proxy.ts';
import { secure } from './secure.ts';
import type { Trust } from './trust.ts';

const certificateWarningDays = 0;

export interface RouteSettings {
  readonly outbound: Outbound;
  readonly trust: Trust;
  readonly userAgent: string;
}

export interface Route {
  readonly proxy: Proxy;
  readonly target: Destination;
  /** Whether the proxy reads the request itself, instead of opening a tunnel. */
  readonly isRelayed: boolean;
}

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/** Names that mean this machine or that are addresses: they lead where a name server has no say. */
const isFixed = (host: string): boolean => isIP(bare(host)) !== 0 || /^(.+\.)?localhost$/i.test(bare(host));

/** What the proxy is told: the name, or the address that was looked up and checked here. */
async function namedToProxy(
  attempt: Attempt,
  { proxy, target }: Route,
  { outbound }: RouteSettings,
): Promise<string | Failure> {
  const isItsBusiness = looksUpItself(proxy);
  if (isItsBusiness && !isFixed(target.host)) return target.host;
  const addresses = await resolveHost(attempt, outbound, target);
  if (addresses instanceof Failure) return addresses;
  return isItsBusiness ? target.host : (addresses[0] ?? target.host);
}

async function secureProxy(
  attempt: Attempt,
  connection: Connection,
  { host, trust }: { readonly host: string; readonly trust: Trust },
): Promise<Connection | Failure> {
  const known = attempt.certificate;
  const settings = { host: bare(host), verify: true, certificateWarningDays, protocols: ['http/1.1'], context: trust };
  const secured = await secure(attempt, connection, settings);
  // The facts that a monitor shows are those of its target.
  attempt.certificate = known;
  return secured;
}

async function reachProxy(attempt: Attempt, route: Route, settings: RouteSettings): Promise<Connection | Failure> {
  const { protocol, host, port } = placeOf(route.proxy);
  const isPlain = protocol !== 'https:';
  const plain = isPlain && route.target.plain;
  const dialled = await dial(attempt, settings.outbound, { host, port, family: 'auto', plain });
  if (dialled instanceof Failure || isPlain) return dialled;
  return await secureProxy(attempt, dialled, { host, trust: settings.trust });
}

export async function connectThrough(
  attempt: Attempt,
  route: Route,
  settings: RouteSettings,
): Promise<Connection | Failure> {
  const { proxy, isRelayed, target } = route;
  const host = await namedToProxy(attempt, route, settings);
  if (host instanceof Failure) return host;
  const connection = await reachProxy(attempt, route, settings);
  if (connection instanceof Failure) return blame(proxy, connection);
  if (isRelayed) return connection;
  const asked = { proxy, target: { host, port: target.port, userAgent: settings.userAgent } };
  const failure = isSocks(proxy)
    ? await openSocksTunnel(attempt, connection, asked)
    : await openTunnel(attempt, connection, asked);
  if (failure === null) return connection;
  connection.close();
  return blame(proxy, failure);
}
