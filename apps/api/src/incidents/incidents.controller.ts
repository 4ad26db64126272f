/** The routes of incidents. */
import { Controller } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { InputOf } from '../http/operation.ts';
import { Input, Operation } from '../http/routing.ts';
import { pageOf, type Page } from '../http/page.ts';
import { presentIncident, presentIncidentSummary } from './incident.presenter.ts';
import type { IncidentAnswer, IncidentSummary } from './incident.schema.ts';
import { acknowledgeIncident, commentIncident, listIncidentsOperation, readIncident } from './incidents.operations.ts';
import { findIncident, historyOf, listIncidents } from './incidents.queries.ts';
import { IncidentsService } from './incidents.service.ts';

@Controller()
export class IncidentsController {
  readonly #incidents: IncidentsService;
  readonly #database: DataSource;

  constructor(incidents: IncidentsService, database: DataSource) {
    this.#incidents = incidents;
    this.#database = database;
  }

  @Operation(listIncidentsOperation)
  async list(@Input() { query }: InputOf<typeof listIncidentsOperation>): Promise<Page<IncidentSummary>> {
    return pageOf(await listIncidents(this.#database, query), query.limit, {
      present: presentIncidentSummary,
      position: ({ openedAt, id }) => ({ at: openedAt, id }),
    });
  }

  @Operation(readIncident)
  async read(@Input() { params }: InputOf<typeof readIncident>): Promise<IncidentAnswer> {
    const { manager } = this.#database;
    return presentIncident(await historyOf(manager, await findIncident(manager, params.id)));
  }

  @Operation(acknowledgeIncident)
  acknowledge(@Input() { params, body }: InputOf<typeof acknowledgeIncident>): Promise<IncidentAnswer> {
    return this.#incidents.acknowledge(params.id, body.by);
  }

  @Operation(commentIncident)
  comment(@Input() { params, body }: InputOf<typeof commentIncident>): Promise<IncidentAnswer> {
    return this.#incidents.comment(params.id, body);
  }
}
