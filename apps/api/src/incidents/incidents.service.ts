/** What people do to incidents. */
import { randomUUID } from 'node:crypto';
import type { DurableLog } from '@quorate/bus';
import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { ProblemError } from '../http/problem.ts';
import { enqueue } from '../outbox/outbox.ts';
import { IncidentCommentEntity, IncidentEntity } from './incident.entity.ts';
import { presentIncident } from './incident.presenter.ts';
import type { IncidentAnswer } from './incident.schema.ts';
import { findIncident, historyOf } from './incidents.queries.ts';

export class IncidentsService {
  readonly #unitOfWork: UnitOfWork;
  readonly #log: DurableLog;

  constructor(unitOfWork: UnitOfWork, log: DurableLog) {
    this.#unitOfWork = unitOfWork;
    this.#log = log;
  }

  /** Shows at once, and is a command to the aggregator, whose alert tells the channels. The first one counts. */
  acknowledge(id: string, by: string): Promise<IncidentAnswer> {
    return this.#unitOfWork.run(async (manager) => {
      const incident = await findIncident(manager, id, true);
      if (incident.resolvedAt !== null) {
        throw new ProblemError('QRT_INCIDENT_RESOLVED', 'It is over; only an open incident can be acknowledged.');
      }
      if (incident.acknowledgedAt === null) await this.#markAcknowledged(manager, incident, by);
      return presentIncident(await historyOf(manager, incident));
    });
  }

  comment(id: string, { by, text }: { by: string; text: string }): Promise<IncidentAnswer> {
    return this.#unitOfWork.run(async (manager) => {
      const incident = await findIncident(manager, id);
      const comment = { id: randomUUID(), incidentId: id, at: this.#log.now(), writtenBy: by, text };
      await manager.insert(IncidentCommentEntity, comment);
      return presentIncident(await historyOf(manager, incident));
    });
  }

  async #markAcknowledged(manager: EntityManager, incident: IncidentEntity, by: string): Promise<void> {
    const { id, monitorId, platform } = incident;
    const at = this.#log.now();
    Object.assign(incident, { acknowledgedAt: at, acknowledgedBy: by });
    await manager.update(IncidentEntity, { id }, { acknowledgedAt: at, acknowledgedBy: by });
    const command = { v: 1, type: 'acknowledge', incidentId: id, by, at } as const;
    if (platform === null)
      await enqueue(manager, { topic: 'commands', key: monitorId, value: { ...command, monitorId } });
    else await enqueue(manager, { topic: 'platform-commands', key: id, value: command });
  }
}
