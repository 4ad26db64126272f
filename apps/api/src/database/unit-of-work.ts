/** A change of the configuration: its rows and the records that tell of it are saved together, then published. */
import type { DataSource, EntityManager } from 'typeorm';
import { saveAnswer } from '../http/idempotency-claim.ts';
import type { OutboxRelay } from '../outbox/outbox-relay.ts';

export class UnitOfWork {
  readonly #database: DataSource;
  readonly #relay: OutboxRelay;

  constructor(database: DataSource, relay: OutboxRelay) {
    this.#database = database;
    this.#relay = relay;
  }

  /** `work` gives what the request is answered with: under an `Idempotency-Key` that is saved too. */
  async run<Answer>(work: (manager: EntityManager) => Promise<Answer>): Promise<Answer> {
    const answer = await this.#database.transaction(async (manager) => {
      const given = await work(manager);
      await saveAnswer(manager, given);
      return given;
    });
    this.#relay.wake();
    return answer;
  }
}
