/** Follows all entities of one kind in `directory`, each in its newest form. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import { NewestForms } from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';
import type { z } from 'zod';

interface DirectoryWatchSettings<Entity extends { readonly version: number }> {
  readonly log: Pick<DurableLog, 'follow'>;
  readonly logger: Logger;
  readonly schema: z.ZodType<Entity>;
  /** What the keys of that kind begin with; the entity's ID follows. */
  readonly keyPrefix: string;
  readonly onChange?: () => void;
}

export class DirectoryWatch<Entity extends { readonly version: number }> {
  readonly #settings: DirectoryWatchSettings<Entity>;
  readonly #forms = new NewestForms<Entity>();
  readonly #follower: Follower;

  constructor(settings: DirectoryWatchSettings<Entity>) {
    this.#settings = settings;
    this.#follower = settings.log.follow(['directory'], 'start', (records) => records.forEach(this.#hear));
  }

  /** Resolves when all that were there at the start are known. */
  get caughtUp(): Promise<void> {
    return this.#follower.caughtUp;
  }

  get(id: string): Entity | undefined {
    return this.#forms.get(id);
  }

  values(): Iterable<Entity> {
    return this.#forms.values();
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  readonly #hear = ({ key, value: text, offset, appendedAt }: LogRecord): void => {
    const { keyPrefix, logger, onChange } = this.#settings;
    if (!key.startsWith(keyPrefix)) return;
    const value = text === null ? null : this.#read(text);
    if (value === undefined)
      logger.error('A record of the directory cannot be read: its older form stays', { key, offset });
    else if (this.#forms.hear({ key: key.slice(keyPrefix.length), value, appendedAt })) onChange?.();
  };

  #read(text: string): Entity | undefined {
    try {
      return this.#settings.schema.safeParse(JSON.parse(text)).data;
    } catch {
      // Not JSON; the caller says so.
      return undefined;
    }
  }
}
