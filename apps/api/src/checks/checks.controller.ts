/** The routes that check now. */
import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { InputOf } from '../http/operation.ts';
import { Input, Operation } from '../http/routing.ts';
import { findMonitor } from '../monitors/monitors.queries.ts';
import { MonitorsService } from '../monitors/monitors.service.ts';
import { checkCertificates } from '../monitors/certificates.ts';
import { checkPatterns } from '../monitors/patterns.ts';
import { presentRound } from '../rounds/round.presenter.ts';
import { checkMonitor, checkUnsaved, type ManualRound } from './checks.operations.ts';
import { ChecksService, type Checked } from './checks.service.ts';

@Controller()
export class ChecksController {
  readonly #checks: ChecksService;
  readonly #monitors: MonitorsService;
  readonly #database: DataSource;

  constructor(checks: ChecksService, monitors: MonitorsService, database: DataSource) {
    this.#checks = checks;
    this.#monitors = monitors;
    this.#database = database;
  }

  @Operation(checkMonitor)
  async checkSaved(@Input() { params }: InputOf<typeof checkMonitor>): Promise<ManualRound> {
    const { id, version, settings } = await findMonitor(this.#database.manager, params.id);
    return this.#perform({ monitorId: id, version, settings });
  }

  @Operation(checkUnsaved)
  checkUnsaved(@Input() { body }: InputOf<typeof checkUnsaved>): Promise<ManualRound> {
    checkPatterns(body);
    checkCertificates(body, null);
    const monitorId = randomUUID();
    return this.#perform({ monitorId, version: 1, settings: this.#monitors.seal(monitorId, body, null) });
  }

  async #perform(checked: Checked): Promise<ManualRound> {
    return { round: presentRound(await this.#checks.perform(checked)) };
  }
}
