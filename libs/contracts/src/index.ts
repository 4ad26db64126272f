export {
  alertSchema,
  platformTroubleSchema,
  resolveCauseSchema,
  type Alert,
  type PlatformTrouble,
  type ResolveCause,
} from './alert.ts';
export { canaryOf } from './canary.ts';
export {
  auditDetailCharactersMax,
  auditFindingSchema,
  auditRecordSchema,
  auditSamplesMax,
  directoryKeyOfAudit,
  type AuditFinding,
  type AuditRecord,
} from './audit.ts';
export {
  channelRecordSchema,
  channelSettingsSchema,
  directoryKeyOfChannel,
  heartbeatSettingsSchema,
  mapChannelSecrets,
  type ChannelRecord,
  type ChannelSettings,
  type HeartbeatSettings,
} from './channel.ts';
export { checkSchema, type Check } from './check.ts';
export { commandSchema, type Command } from './command.ts';
export {
  cutDeadLetter,
  deadLetterKey,
  deadLetterSchema,
  deadLetterValueCharactersMax,
  type DeadLetter,
} from './dead-letter.ts';
export { deadMansSwitchSettingsSchema, drillIntervalSeconds, type DeadMansSwitchSettings } from './dead-mans-switch.ts';
export { attemptSchema, attemptsKeptMax, deliverySchema, type Attempt, type Delivery } from './delivery.ts';
export { QuorateError } from './error.ts';
export {
  deafnessesKeptMax,
  gatewayFreshMs,
  gatewayIntervalMs,
  gatewaySchema,
  type Deafness,
  type Gateway,
} from './gateway.ts';
export { heartbeatFreshMs, heartbeatIntervalMs, heartbeatKey, heartbeatSchema, type Heartbeat } from './heartbeat.ts';
export {
  alertIdOf,
  channelIdSchema,
  conditionIdOf,
  deliveryIdOf,
  gatewayRegion,
  certificateWarningIdOf,
  incidentIdOf,
  monitorIdSchema,
  proberRegionSchema,
  regionSchema,
  roundKey,
  roundKindSchema,
  transitionSchema,
  type RoundIdentity,
  type RoundKind,
  type Transition,
} from './identifiers.ts';
export {
  directoryKeyOfInstallation,
  installationRecordSchema,
  installationSettingsSchema,
  type InstallationRecord,
  type InstallationSettings,
} from './installation.ts';
export {
  directoryKeyOfMaintenanceWindow,
  maintenanceWindowRecordSchema,
  maintenanceWindowSettingsSchema,
  type MaintenanceWindowRecord,
  type MaintenanceWindowSettings,
} from './maintenance-window.ts';
export { instantSchema, timeOf, type Instant } from './instant.ts';
export { closedRoundsKeptMax, monitorStateSchema, type MonitorState } from './monitor-state.ts';
export {
  decisionSchema,
  monitorRecordSchema,
  isDeadMansSwitch,
  monitorAnswerSchema,
  monitorSettingsSchema,
  selfMonitorSettingsSchema,
  type Decision,
  type MonitorRecord,
  type MonitorSettings,
  type MonitorSettingsInput,
  type SelfMonitorSettings,
} from './monitor.ts';
export { murmur2, partitionOf } from './partition.ts';
export { monitorIdOfPing, pingKey, pingKinds, pingSchema, type Ping, type PingKind } from './ping.ts';
export { platformCommandSchema, type PlatformCommand } from './platform-command.ts';
export { platformStateSchema, type PlatformState } from './platform-state.ts';
export { partitionReportPeriodMs, partitionReportSchema, type PartitionReport } from './partition-report.ts';
export {
  certificateWarningDaysOf,
  mapProbeSecrets,
  patternsOf,
  probeOf,
  probeSchema,
  targetOf,
  tlsMaterialOf,
  type Probe,
} from './probe.ts';
export { domainProbeSchema, type DomainProbe } from './probes/domain.ts';
export { dnsProbeSchema, type DnsProbe } from './probes/dns.ts';
export { heartbeatProbeSchema, type HeartbeatProbe } from './probes/heartbeat.ts';
export { grpcProbeSchema, type GrpcProbe } from './probes/grpc.ts';
export { type HttpAuth, type OAuth2 } from './probes/http-auth.ts';
export {
  httpProbeSchema,
  httpUrlSchema,
  type BodyExpectation,
  type HeaderExpectation,
  type HttpProbe,
} from './probes/http.ts';
export { postgresqlProbeSchema, type PostgresqlProbe } from './probes/postgresql.ts';
export { redisProbeSchema, type RedisProbe } from './probes/redis.ts';
export { icmpProbeSchema, type IcmpProbe } from './probes/icmp.ts';
export { mysqlProbeSchema, type MysqlProbe } from './probes/mysql.ts';
export { mqttProbeSchema, type MqttProbe } from './probes/mqtt.ts';
export { amqpProbeSchema, type AmqpProbe } from './probes/amqp.ts';
export { parseBroker, kafkaProbeSchema, type KafkaProbe } from './probes/kafka.ts';
export { mongodbProbeSchema, type MongodbProbe } from './probes/mongodb.ts';
export type { JsonExpectation, JsonScalar, JsonType } from './probes/json-expectation.ts';
export type { PatternField } from './probes/probe-type.ts';
export { looksUpItself, type Proxy } from './probes/proxy.ts';
export type { Drill, SelfProbe } from './probes/self.ts';
export type { Query, TlsMode } from './probes/service-fields.ts';
export { tcpProbeSchema, type TcpProbe, type TcpStep } from './probes/tcp.ts';
export { websocketProbeSchema, type WebsocketProbe } from './probes/websocket.ts';
export type { ClientCertificate, TlsMaterial, TlsMaterialField } from './probes/tls-material.ts';
export { isSecretHeader, sealedCharactersMax, sealedPrefix, type SecretMapping } from './secrets.ts';
export { smtpProbeSchema, type SmtpProbe } from './probes/smtp.ts';
export { tlsProbeSchema, tlsVersions, type StartTlsProtocol, type TlsProbe, type TlsVersion } from './probes/tls.ts';
export {
  rolledUpInSchema,
  stormBrakeDefault,
  stormBrakeSchema,
  stormIdOf,
  stormMembersListedMax,
  stormSchema,
  stormTopics,
  topicOfStorm,
  type RolledUpIn,
  type Storm,
  type StormBrake,
  type StormMember,
  type StormTopic,
} from './storm.ts';
export { partitionCountDefault, topics, type TopicDefinition, type TopicName, type TopicValue } from './topics.ts';
export {
  lateVoteSchema,
  monitorStatusSchema,
  roundClosedSchema,
  statusChangedSchema,
  verdictRecordSchema,
  verdictSchema,
  type LateVote,
  type MonitorStatus,
  type RoundClosed,
  type StatusChanged,
  type Verdict,
  type VerdictRecord,
} from './verdict.ts';
export { NewestForms } from './versioned.ts';
export {
  castVoteSchema,
  certificateSchema,
  domainFactsSchema,
  evidenceSchema,
  excerptCharactersMax,
  phasesSchema,
  reasons,
  reasonSchema,
  voteSchema,
  type CastVote,
  type CertificateFacts,
  type DomainFacts,
  type Evidence,
  type Phases,
  type PingFacts,
  type Reason,
  type Vote,
} from './vote.ts';
