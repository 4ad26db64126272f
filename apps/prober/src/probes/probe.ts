/** The table of probes: a new type is one file beside this one and one row here. */
import { isIP } from 'node:net';
import { looksUpItself, type Evidence, type Probe } from '@quorate/contracts';
import { probeDns } from './dns.probe.ts';
import { probeDomain } from './domain.probe.ts';
import { probeGrpc } from './grpc.probe.ts';
import { probeHttp } from './http.probe.ts';
import { probeIcmp } from './icmp.probe.ts';
import type { RoundContext } from './probe-context.ts';
import { probeMysql } from './mysql.probe.ts';
import { probeMqtt } from './mqtt.probe.ts';
import { probeAmqp } from './amqp.probe.ts';
import { probeKafka } from './kafka.probe.ts';
import { probeMongodb } from './mongodb.probe.ts';
import { probePostgresql } from './postgresql.probe.ts';
import { probeRedis } from './redis.probe.ts';
import { probeSelf } from './self.probe.ts';
import { probeSmtp } from './smtp.probe.ts';
import { probeTcp } from './tcp.probe.ts';
import { probeTls } from './tls.probe.ts';
import { probeWebsocket } from './websocket.probe.ts';

type Rows = {
  readonly [Type in Probe['type']]: (probe: Extract<Probe, { type: Type }>, context: RoundContext) => Promise<Evidence>;
};

const rows: Rows = {
  http: ({ http }, context) => probeHttp(http, context),
  tcp: ({ tcp }, context) => probeTcp(tcp, context),
  dns: ({ dns }, context) => probeDns(dns, context),
  heartbeat: () => Promise.reject(new Error('a heartbeat is judged by the gateway; no prober is asked')),
  grpc: ({ grpc }, context) => probeGrpc(grpc, context),
  websocket: ({ websocket }, context) => probeWebsocket(websocket, context),
  postgresql: ({ postgresql }, context) => probePostgresql(postgresql, context),
  redis: ({ redis }, context) => probeRedis(redis, context),
  domain: ({ domain }, context) => probeDomain(domain, context),
  icmp: ({ icmp }, context) => probeIcmp(icmp, context),
  mysql: ({ mysql }, context) => probeMysql(mysql, context),
  mqtt: ({ mqtt }, context) => probeMqtt(mqtt, context),
  amqp: ({ amqp }, context) => probeAmqp(amqp, context),
  kafka: ({ kafka }, context) => probeKafka(kafka, context),
  mongodb: ({ mongodb }, context) => probeMongodb(mongodb, context),
  tls: ({ tls }, context) => probeTls(tls, context),
  smtp: ({ smtp }, context) => probeSmtp(smtp, context),
  self: ({ self }, context) => probeSelf(self, context),
};

export function performProbe(probe: Probe, context: RoundContext): Promise<Evidence> {
  const perform = rows[probe.type] as (probe: Probe, context: RoundContext) => Promise<Evidence>;
  return perform(probe, context);
}

type Hosts = { readonly [Type in Probe['type']]: (probe: Extract<Probe, { type: Type }>) => string };

const hosts: Hosts = {
  http: ({ http }) => new URL(http.url).host,
  tcp: ({ tcp }) => tcp.host,
  dns: ({ dns }) => dns.resolver ?? '',
  heartbeat: () => '',
  icmp: ({ icmp }) => icmp.host,
  // The registry: one for all names of an end.
  domain: ({ domain }) =>
    domain.rdapServer === null ? domain.name.slice(domain.name.lastIndexOf('.') + 1) : new URL(domain.rdapServer).host,
  grpc: ({ grpc }) => grpc.host,
  websocket: ({ websocket }) => new URL(websocket.url).host,
  postgresql: ({ postgresql }) => postgresql.host,
  redis: ({ redis }) => redis.host,
  mysql: ({ mysql }) => mysql.host,
  mqtt: ({ mqtt }) => mqtt.host,
  amqp: ({ amqp }) => amqp.host,
  kafka: ({ kafka }) => kafka.brokers[0] ?? '',
  mongodb: ({ mongodb }) => mongodb.host,
  tls: ({ tls }) => tls.host,
  smtp: ({ smtp }) => smtp.host,
  self: () => '',
};

/** Whom a probe puts load on. */
export function targetHostOf(probe: Probe): string {
  const hostOf = hosts[probe.type] as (probe: Probe) => string;
  return hostOf(probe);
}

function isLiteral(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(host) !== 0 || isIP(name) !== 0;
}

/** What a probe looks up by the prober's own name servers, if it is no address. */
function soughtHostsOf(probe: Probe): string[] {
  if (probe.type === 'tcp' && probe.tcp.resolver !== null) return [];
  if (probe.type === 'kafka') return [...probe.kafka.brokers];
  if (probe.type !== 'http') return [targetHostOf(probe)];
  const { auth, proxy, resolver } = probe.http;
  const isSought = resolver === null && (proxy === null || !looksUpItself(proxy));
  return [
    ...(isSought ? [targetHostOf(probe)] : []),
    ...(proxy === null ? [] : [new URL(proxy.url).host]),
    ...(auth.type === 'oauth2' ? [new URL(auth.tokenUrl).host] : []),
  ];
}

/** Whether a probe finds whom it dials without asking a name server of the prober's. */
export function dialsLiteral(probe: Probe): boolean {
  return soughtHostsOf(probe).every(isLiteral);
}
