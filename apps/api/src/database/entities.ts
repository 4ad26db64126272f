/** Every table that TypeORM knows. */
import { AuditEntity } from '../auditor/audit.entity.ts';
import { ChannelEntity } from '../channels/channel.entity.ts';
import { DeliveryEntity } from '../deliveries/delivery.entity.ts';
import { IdempotencyKeyEntity } from '../http/idempotency-key.entity.ts';
import { IncidentAlertEntity, IncidentCommentEntity, IncidentEntity } from '../incidents/incident.entity.ts';
import { MaintenanceWindowEntity } from '../maintenance-windows/maintenance-window.entity.ts';
import { MonitorEntity } from '../monitors/monitor.entity.ts';
import { MonitorStatusEntity } from '../monitors/monitor-status.entity.ts';
import { OutboxEntity } from '../outbox/outbox.entity.ts';
import { PositionEntity } from '../projector/position.entity.ts';
import { RefusedRecordEntity } from '../projector/refused-record.ts';
import { RoundEntity } from '../rounds/round.entity.ts';
import { InstallationEntity } from '../settings/installation.entity.ts';

export const entities = [
  AuditEntity,
  ChannelEntity,
  DeliveryEntity,
  IdempotencyKeyEntity,
  IncidentAlertEntity,
  IncidentCommentEntity,
  IncidentEntity,
  InstallationEntity,
  MaintenanceWindowEntity,
  MonitorEntity,
  MonitorStatusEntity,
  OutboxEntity,
  PositionEntity,
  RefusedRecordEntity,
  RoundEntity,
] as const;
