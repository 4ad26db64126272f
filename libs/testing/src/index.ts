export { calmNetwork, type NetworkConditions, type Passage } from './cluster/network.ts';
export { Random } from './cluster/random.ts';
export { RefusedError } from './cluster/refused-error.ts';
export type { VirtualTime } from './cluster/virtual-time.ts';
export { SimulatedCluster, type ClusterSettings } from './cluster/simulated-cluster.ts';
export { currentHost, SimulatedHost } from './cluster/simulated-host.ts';
export { startHeartbeatReceiver, type HeartbeatReceiver } from './heartbeat-receiver.ts';
export { answerTo, castVoteOf, silentRegion } from './records.ts';
export { createSimulatedLog, SimulatedLog, type Report } from './simulated-log.ts';
export {
  startPagerDutyStandIn,
  type PagerDutyAlert,
  type PagerDutyBehaviour,
  type PagerDutyCall,
  type PagerDutyEvent,
  type PagerDutyStandIn,
  type PagerDutyStandInSettings,
} from './pagerduty-stand-in.ts';
export { startBlackHole } from './targets/black-hole.ts';
export { createAuthority, type Authority, type Issued, type LeafSettings } from './targets/certificates.ts';
export {
  startDigestServer,
  type DigestPage,
  type DigestServer,
  type DigestServerSettings,
} from './targets/digest-server.ts';
export { dnsReply, startDnsServer, type DnsReplyParts, type DnsScript, type DnsServer } from './targets/dns-server.ts';
export {
  grpcAnswer,
  grpcMessage,
  grpcStatus,
  healthMessage,
  startGrpcServer,
  type GrpcScript,
  type GrpcServer,
} from './targets/grpc-server.ts';
export { closeServer, listenOnLoopback } from './targets/listen.ts';
export { http2Code, http2Fields, http2Frame, http2Types } from './targets/http2-wire.ts';
export { startMailServer, type MailServer, type MailServerSettings } from './targets/mail-server.ts';
export { startNameServer, type NameAnswer, type NameServer } from './targets/name-server.ts';
export {
  byteByByte,
  cutAfter,
  startPeerServer,
  type Delivery,
  type Peer,
  type PeerScript,
  type PeerServer,
} from './targets/peer-server.ts';
export { postgresqlMessage, postgresqlStandIn, type PostgresqlStandInSettings } from './targets/postgresql-server.ts';
export { amqpStandIn, type AmqpStandInSettings } from './targets/amqp-server.ts';
export { kafkaStandIn, type KafkaStandInSettings } from './targets/kafka-server.ts';
export { mongodbMessage, mongodbStandIn, type MongodbStandInSettings } from './targets/mongodb-server.ts';
export { mqttStandIn, type MqttStandInSettings } from './targets/mqtt-server.ts';
export { mysqlPacket, mysqlStandIn, type MysqlError, type MysqlStandInSettings } from './targets/mysql-server.ts';
export { redisStandIn, type RedisStandInSettings } from './targets/redis-server.ts';
export { startHttpProxy, startSocksProxy, type ProxyServer, type ProxyServerSettings } from './targets/proxy-server.ts';
export { startRdapServer, type RdapAnswer, type RdapServer } from './targets/rdap-server.ts';
export { answering, startRawServer, type RawServer, type Script } from './targets/raw-server.ts';
export {
  acceptUpgrade,
  startWebsocketServer,
  websocketFrame,
  type WebsocketServer,
} from './targets/websocket-server.ts';
export { startTarget, type Target, type TargetFault, type TargetVisit } from './targets/start-target.ts';
export { startTokenServer, type TokenFault, type TokenServer } from './targets/token-server.ts';
export { serverHello, tlsAlert, tlsRecord, weakDiffieHellman } from './targets/tls-handshakes.ts';
export { startTlsServer, type TlsServer } from './targets/tls-server.ts';
