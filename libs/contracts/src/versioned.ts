/** What the API writes counts its versions: who reads it can tell an older form that comes late. */
import type { Instant } from './instant.ts';

/** How long after a newer one an older form may come. Later it is no mishap: the database was restored, and edited. */
export const lateFormMsMax = 120_000;

/** What a topic tells of an entity; its value is null when the entity was deleted. */
interface Told<Entity> {
  readonly key: string;
  readonly value: Entity | null;
  /** When the log took it in. */
  readonly appendedAt: Instant;
}

interface Form<Entity> {
  readonly entity: Entity;
  readonly appendedAt: Instant;
}

/**
 * The newest form of each entity. A writer that lost its turn in the middle of an append may append after its
 * successor: an older form that comes late changes nothing.
 */
export class NewestForms<Entity extends { readonly version: number }> {
  readonly #forms = new Map<string, Form<Entity>>();

  /** Whether it is the newest. */
  hear({ key, value: entity, appendedAt }: Told<Entity>): boolean {
    if (entity === null) {
      this.#forms.delete(key);
      return true;
    }
    const form = { entity, appendedAt };
    if (isOutdated(form, this.#forms.get(key))) return false;
    this.#forms.set(key, form);
    return true;
  }

  get(key: string): Entity | undefined {
    return this.#forms.get(key)?.entity;
  }

  keys(): IterableIterator<string> {
    return this.#forms.keys();
  }

  *values(): IterableIterator<Entity> {
    for (const { entity } of this.#forms.values()) yield entity;
  }
}

function isOutdated<Entity extends { readonly version: number }>(
  told: Form<Entity>,
  known: Form<Entity> | undefined,
): boolean {
  if (known === undefined || told.entity.version >= known.entity.version) return false;
  return told.appendedAt - known.appendedAt < lateFormMsMax;
}
