/** The routes of the installation's settings. */
import { Controller } from '@nestjs/common';
import type { InputOf } from '../http/operation.ts';
import { Input, Operation } from '../http/routing.ts';
import { editSettings, readSettings } from './settings.operations.ts';
import type { InstallationAnswer } from './settings.schema.ts';
import { SettingsService } from './settings.service.ts';

@Controller()
export class SettingsController {
  readonly #settings: SettingsService;

  constructor(settings: SettingsService) {
    this.#settings = settings;
  }

  @Operation(readSettings)
  read(@Input() _input: object): Promise<InstallationAnswer> {
    return this.#settings.read();
  }

  @Operation(editSettings)
  edit(@Input() { body, expectedVersion }: InputOf<typeof editSettings>): Promise<InstallationAnswer> {
    return this.#settings.edit(body, expectedVersion);
  }
}
