/** The routes of maintenance windows. */
import { Controller } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Commands } from '../commands.ts';
import type { InputOf } from '../http/operation.ts';
import { Input, Operation } from '../http/routing.ts';
import { pageOf, type Page } from '../http/page.ts';
import { presentMaintenanceWindow } from './maintenance-window.presenter.ts';
import type { MaintenanceWindowAnswer } from './maintenance-window.schema.ts';
import {
  createMaintenanceWindow,
  deleteMaintenanceWindow,
  editMaintenanceWindow,
  listMaintenanceWindowsOperation,
  readMaintenanceWindow,
} from './maintenance-windows.operations.ts';
import { findMaintenanceWindow, listMaintenanceWindows } from './maintenance-windows.queries.ts';
import { MaintenanceWindowsService } from './maintenance-windows.service.ts';

@Controller()
export class MaintenanceWindowsController {
  readonly #windows: MaintenanceWindowsService;
  readonly #database: DataSource;
  readonly #now: () => number;

  constructor(windows: MaintenanceWindowsService, database: DataSource, commands: Commands) {
    this.#windows = windows;
    this.#database = database;
    this.#now = () => commands.now();
  }

  @Operation(createMaintenanceWindow)
  create(@Input() { body }: InputOf<typeof createMaintenanceWindow>): Promise<MaintenanceWindowAnswer> {
    return this.#windows.create(body);
  }

  @Operation(listMaintenanceWindowsOperation)
  async list(
    @Input() { query }: InputOf<typeof listMaintenanceWindowsOperation>,
  ): Promise<Page<MaintenanceWindowAnswer>> {
    const now = this.#now();
    return pageOf(await listMaintenanceWindows(this.#database, query), query.limit, {
      present: (window) => presentMaintenanceWindow(window, now),
      position: ({ createdAt, id }) => ({ at: createdAt, id }),
    });
  }

  @Operation(readMaintenanceWindow)
  async read(@Input() { params }: InputOf<typeof readMaintenanceWindow>): Promise<MaintenanceWindowAnswer> {
    return presentMaintenanceWindow(await findMaintenanceWindow(this.#database.manager, params.id), this.#now());
  }

  @Operation(editMaintenanceWindow)
  edit(
    @Input() { params, body, expectedVersion }: InputOf<typeof editMaintenanceWindow>,
  ): Promise<MaintenanceWindowAnswer> {
    return this.#windows.edit({ id: params.id, patch: body, expectedVersion });
  }

  @Operation(deleteMaintenanceWindow)
  remove(@Input() { params }: InputOf<typeof deleteMaintenanceWindow>): Promise<void> {
    return this.#windows.remove(params.id);
  }
}
