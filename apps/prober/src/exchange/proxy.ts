/** What all ways through a proxy need: where it is, who we are there, and words that blame it and not the target. */
import type { Proxy } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
  'socks5h:': 1080,
};

export interface ProxyPlace {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

export function placeOf(proxy: Proxy): ProxyPlace {
  const { protocol, hostname, port } = new URL(proxy.url);
  return { protocol, host: hostname, port: port === '' ? (defaultPorts[protocol] ?? 0) : Number(port) };
}

/** How a proxy is called in sentences. */
export function nameOf(proxy: Proxy): string {
  const { host, port } = placeOf(proxy);
  return `the proxy ${host}:${port}`;
}

export function isSocks(proxy: Proxy): boolean {
  return placeOf(proxy).protocol.startsWith('socks5');
}

/** The value of Proxy-Authorization; null where the monitor has no name there. */
export function proxyCredentials({ username, password }: Proxy): string | null {
  if (username === null) return null;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`, 'utf8').toString('base64')}`;
}

/** What the monitor must never repeat of its proxy. */
export function proxySecretsOf(proxy: Proxy | null): string[] {
  if (proxy === null || proxy.password === null) return [];
  return [proxy.password, proxyCredentials(proxy)?.slice('Basic '.length) ?? ''];
}

/** A failure on the way to the proxy, or at it, in words about it. One of the prober or its guard stays as it is. */
export function blame(proxy: Proxy, failure: Failure): Failure {
  const { reason, message } = failure;
  if (reason.startsWith('prober.') || reason === 'blocked.address') return failure;
  if (reason.startsWith('proxy.')) return new Failure(reason, `${nameOf(proxy)} ${message}`);
  const isLate = reason.startsWith('timeout.');
  const what = isLate ? 'did not answer in time' : 'cannot be reached';
  return new Failure(isLate ? 'proxy.timeout' : 'proxy.unreachable', `${nameOf(proxy)} ${what}: ${message}`);
}
