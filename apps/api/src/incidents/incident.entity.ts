/** An incident and what was said of it: its alerts, and the comments of people. */
import type { Alert, CertificateFacts, PlatformTrouble, ResolveCause } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';

/** What an incident of Quorate itself is about. */
export interface PlatformIncident extends PlatformTrouble {
  /** The condition's key, such as `region-silent:ap`. */
  readonly condition: string;
  readonly title: string;
}

@Entity('incidents')
export class IncidentEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  /** Kept when the monitor is deleted: what happened stays known. Of an incident of Quorate itself, the condition's. */
  @Column({ name: 'monitor_id', type: 'uuid' })
  monitorId!: string;

  @Column({ name: 'first_failure_at', ...instantColumn })
  firstFailureAt!: number;

  @Column({ name: 'opened_at', ...instantColumn })
  openedAt!: number;

  @Column({ name: 'acknowledged_at', ...instantColumn, nullable: true })
  acknowledgedAt!: number | null;

  @Column({ name: 'acknowledged_by', type: 'text', nullable: true })
  acknowledgedBy!: string | null;

  @Column({ name: 'resolved_at', ...instantColumn, nullable: true })
  resolvedAt!: number | null;

  @Column({ type: 'text', nullable: true })
  cause!: ResolveCause | null;

  /** The regions that saw the target down. */
  @Column({ type: 'jsonb' })
  regions!: string[];

  /** Null for an incident of a monitor. */
  @Column({ type: 'jsonb', nullable: true })
  platform!: PlatformIncident | null;

  /** What was seen of a certificate that was about to expire, if the incident is that; null for any other. */
  @Column({ type: 'jsonb', nullable: true })
  certificate!: CertificateFacts | null;
}

@Entity('incident_alerts')
export class IncidentAlertEntity {
  @PrimaryColumn({ name: 'alert_id', type: 'text' })
  alertId!: string;

  @Column({ name: 'incident_id', type: 'text' })
  incidentId!: string;

  @Column(instantColumn)
  at!: number;

  /** The alert as it was decided, with the votes that explain it: they outlive their rounds. */
  @Column({ type: 'jsonb' })
  alert!: Alert;
}

@Entity('incident_comments')
export class IncidentCommentEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'incident_id', type: 'text' })
  incidentId!: string;

  @Column(instantColumn)
  at!: number;

  @Column({ name: 'written_by', type: 'text' })
  writtenBy!: string;

  @Column({ type: 'text' })
  text!: string;
}
