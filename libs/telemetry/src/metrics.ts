/**
 * Every metric of Quorate, by name. Identities of monitors and channels are never attributes: they have no bound. Each
 * process holds its own instruments; `metricsText` is what `/metrics` answers.
 */
import type { Attributes } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

const reader = new PrometheusExporter({ preventServerStart: true });
const meter = new MeterProvider({ readers: [reader] }).getMeter('quorate');
const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

export interface Counter {
  add(count: number, attributes?: Attributes): void;
}
export interface Gauge {
  record(value: number, attributes?: Attributes): void;
}
export interface Histogram {
  record(value: number, attributes?: Attributes): void;
}

const counter = (name: string, description: string): Counter => meter.createCounter(name, { description });
const upDown = (name: string, description: string): Counter => meter.createUpDownCounter(name, { description });

const gauge = (name: string, description: string): Gauge => meter.createGauge(name, { description });

const secondsBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

function seconds(name: string, description: string): Histogram {
  return meter.createHistogram(`${name}_seconds`, {
    description,
    advice: { explicitBucketBoundaries: secondsBounds },
  });
}

export const metrics = {
  /** `kind` */
  checksEmitted: counter('quorate_checks_emitted', 'Checks written to the log.'),
  checksMissed: counter('quorate_checks_missed', 'Scheduled rounds that were never run.'),
  /** From `dueAt` to the acknowledged write. */
  scheduleLagSeconds: seconds('quorate_schedule_lag', 'How long after it was due a check was written.'),
  /** `region`, `type`, `outcome` */
  probes: counter('quorate_probes', 'Probes that ended.'),
  /** `region`, `type` */
  certificateWarnings: counter('quorate_certificate_warnings', 'Probes that saw a certificate about to expire.'),
  /** `region`, `type` */
  probeSeconds: seconds('quorate_probe_duration', 'How long probes took.'),
  /** `region` */
  probesRunning: upDown('quorate_probes_running', 'Probes under way.'),
  /** `region` */
  probersIsolated: upDown('quorate_probers_isolated', 'Probers that hold themselves cut off, and abstain.'),
  /** `region` */
  probersJudging: upDown('quorate_probers_self_judging', 'Probers whose canaries have answered.'),
  /** `region`, `question` (`link`, `names`), `answered` */
  canaryAnswers: counter('quorate_canary_answers', 'What all canaries together said.'),
  /** `region` */
  proberStallSeconds: seconds('quorate_prober_stall', 'How long probers stood still.'),
  /** `kind` (`started`, `ended`) */
  pings: counter('quorate_pings', 'Pings of heartbeat monitors that were taken.'),
  /** `outcome`, `late` */
  votesCounted: counter('quorate_votes_counted', 'Votes that reached the aggregator.'),
  /** `kind`, `verdict` */
  roundsClosed: counter('quorate_rounds_closed', 'Rounds that were judged.'),
  /** From `dueAt` to the verdict. */
  verdictSeconds: seconds('quorate_verdict_delay', 'How long after it was due a round was decided.'),
  /** `status` */
  statusChanges: counter('quorate_status_changes', 'Changes of a monitor’s status.'),
  /** `region`, `change` */
  quarantineChanges: counter(
    'quorate_quarantine_changes',
    'Partitions in which a region lost its vote or got it back.',
  ),
  /** `transition` */
  alerts: counter('quorate_alerts', 'Alerts that were decided.'),
  /** `condition` */
  platformConditions: upDown('quorate_platform_conditions', 'Troubles of Quorate itself that are raised.'),
  /** `service` */
  decisionFaults: counter('quorate_decision_faults', 'Decisions that threw; the monitor is unknown since.'),
  /** `type`, `outcome` */
  deliveryAttempts: counter('quorate_delivery_attempts', 'Tries at sending an alert to a channel.'),
  /** `type` */
  deliveryAttemptSeconds: seconds('quorate_delivery_attempt_duration', 'How long tries at sending took.'),
  /** `type`, `state` */
  deliveriesEnded: counter('quorate_deliveries_ended', 'Deliveries that were made or given up.'),
  /** `type` */
  deliveriesPending: upDown('quorate_deliveries_pending', 'Deliveries planned and not yet ended in this process.'),
  /** By the log's clock. */
  pulseSentAt: gauge(
    'quorate_dead_mans_switch_pulse_timestamp_seconds',
    'When the other side last took a sign of life of the dead man’s switch, since the epoch.',
  ),
  /** `type` */
  storms: counter('quorate_storms', 'Storms in which a channel got one roll-up instead of many pages.'),
  /** `type`, `state` */
  breakerChanges: counter('quorate_channel_breaker_changes', 'Circuit breakers that opened or closed.'),
  /** `service`, `topic` */
  deadLetters: counter('quorate_dead_letters', 'Records that could not be read or decided upon.'),
  /** `service` */
  taskSteps: counter('quorate_task_steps', 'Steps that partition tasks committed.'),
  /** `service` */
  taskStepSeconds: seconds('quorate_task_step_duration', 'How long steps took, commit included.'),
  /** `service` */
  taskRestarts: counter('quorate_task_restarts', 'Partition tasks that failed and were started anew.'),
  /** `service` */
  partitionsOwned: upDown('quorate_partitions_owned', 'Partition tasks running in this process.'),
  outboxPublished: counter('quorate_outbox_published', 'Outbox rows that were written to the log.'),
  /** `topic` */
  recordsProjected: counter('quorate_records_projected', 'Records taken into the read model.'),
  /** `kind`; the same in every instance of the API */
  auditFindings: gauge('quorate_audit_findings', 'What is amiss between log and database and was not put right.'),
  /** `kind` */
  auditRepairs: counter('quorate_audit_repairs', 'What the auditor has put right.'),
  auditPassedAt: gauge('quorate_audit_pass_timestamp_seconds', 'When the auditor last looked, since the epoch.'),
  /** `method`, `route`, `status` */
  httpRequestSeconds: seconds('quorate_http_request_duration', 'How long the API took to answer.'),
} as const;

/** All instruments in Prometheus' text format. */
export async function metricsText(): Promise<string> {
  const { resourceMetrics } = await reader.collect();
  return serializer.serialize(resourceMetrics);
}
