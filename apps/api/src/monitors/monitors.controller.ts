/** The routes of monitors. */
import { Controller } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { InputOf } from '../http/operation.ts';
import { Input, Operation } from '../http/routing.ts';
import { pageOf, type Page } from '../http/page.ts';
import { presentRound } from '../rounds/round.presenter.ts';
import type { RoundAnswer } from '../rounds/round.schema.ts';
import { roundsOf } from '../rounds/rounds.queries.ts';
import type { MonitorAnswer } from './monitor.schema.ts';
import {
  createMonitor,
  deleteMonitor,
  editMonitor,
  listMonitorsOperation,
  listRounds,
  pauseMonitor,
  readMonitor,
  resumeMonitor,
} from './monitors.operations.ts';
import { findMonitor, listMonitors, viewMonitor } from './monitors.queries.ts';
import { MonitorsService } from './monitors.service.ts';

@Controller()
export class MonitorsController {
  readonly #monitors: MonitorsService;
  readonly #database: DataSource;

  constructor(monitors: MonitorsService, database: DataSource) {
    this.#monitors = monitors;
    this.#database = database;
  }

  @Operation(createMonitor)
  create(@Input() { body }: InputOf<typeof createMonitor>): Promise<MonitorAnswer> {
    return this.#monitors.create(body);
  }

  @Operation(listMonitorsOperation)
  async list(@Input() { query }: InputOf<typeof listMonitorsOperation>): Promise<Page<MonitorAnswer>> {
    const views = await listMonitors(this.#database, query);
    return pageOf(views, query.limit, {
      present: (view) => this.#monitors.present(view),
      position: ({ monitor }) => ({ at: monitor.createdAt, id: monitor.id }),
    });
  }

  @Operation(readMonitor)
  async read(@Input() { params }: InputOf<typeof readMonitor>): Promise<MonitorAnswer> {
    const { manager } = this.#database;
    return this.#monitors.present(await viewMonitor(manager, await findMonitor(manager, params.id)));
  }

  @Operation(editMonitor)
  edit(@Input() { params, body, expectedVersion }: InputOf<typeof editMonitor>): Promise<MonitorAnswer> {
    return this.#monitors.edit({ id: params.id, patch: body, expectedVersion });
  }

  @Operation(deleteMonitor)
  remove(@Input() { params }: InputOf<typeof deleteMonitor>): Promise<void> {
    return this.#monitors.remove(params.id);
  }

  @Operation(pauseMonitor)
  pause(@Input() { params }: InputOf<typeof pauseMonitor>): Promise<MonitorAnswer> {
    return this.#monitors.setPaused(params.id, true);
  }

  @Operation(resumeMonitor)
  resume(@Input() { params }: InputOf<typeof resumeMonitor>): Promise<MonitorAnswer> {
    return this.#monitors.setPaused(params.id, false);
  }

  @Operation(listRounds)
  async rounds(@Input() { params, query }: InputOf<typeof listRounds>): Promise<Page<RoundAnswer>> {
    await findMonitor(this.#database.manager, params.id);
    const rounds = await roundsOf(this.#database, params.id, query);
    return pageOf(rounds, query.limit, {
      present: presentRound,
      position: ({ dueAt, kind }) => ({ at: dueAt, id: kind }),
    });
  }
}
