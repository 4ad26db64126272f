/** The routes by which the process is operated. */
import { Controller, Res } from '@nestjs/common';
import { answerOperations, type HealthByName } from '@quorate/runtime';
import { type Response } from 'express';
import { Input, Operation } from '../http/routing.ts';
import { readLiveness, readMetrics, readReadiness } from './operations.operations.ts';

/** Asks every service of this process how it is. */
export class HealthSource {
  readonly healthOf: () => HealthByName;

  constructor(healthOf: () => HealthByName) {
    this.healthOf = healthOf;
  }
}

@Controller()
export class OperationsController {
  readonly #health: HealthSource;

  constructor(health: HealthSource) {
    this.#health = health;
  }

  @Operation(readLiveness)
  liveness(@Input() _input: object, @Res() response: Response): Promise<void> {
    return this.#answer('/healthz', response);
  }

  @Operation(readReadiness)
  readiness(@Input() _input: object, @Res() response: Response): Promise<void> {
    return this.#answer('/readyz', response);
  }

  @Operation(readMetrics)
  metrics(@Input() _input: object, @Res() response: Response): Promise<void> {
    return this.#answer('/metrics', response);
  }

  async #answer(path: string, response: Response): Promise<void> {
    const answer = await answerOperations(path, this.#health.healthOf);
    if (answer === null) throw new Error(`No operations endpoint answers ${path}`);
    response.status(answer.status).type(answer.contentType).send(answer.body);
  }
}
