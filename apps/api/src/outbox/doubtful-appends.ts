/**
 * Which entities have appends of uncertain fate. One that is given up may still be taken in, and one whose connection
 * to the database broke may come after a successor's: an older form of an entity then stands after the newer one, and
 * compaction keeps it. So what stands is said again, once nothing can come late any more.
 */
import type { OutgoingRecord } from '@quorate/bus';
import type { ConfiguredEntity } from './configured-entity.ts';

/** Beyond that many the auditor has to find what is left behind. */
const doubtsMax = 5_000;

export class DoubtfulAppends {
  readonly #settleMs: number;
  readonly #entities = new Map<string, { readonly entity: ConfiguredEntity; readonly since: number }>();

  /** `settleMs`: so long after it was given up, no append comes late any more. */
  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  add(records: readonly OutgoingRecord[], now: number): void {
    for (const { topic, key } of records) {
      if (topic !== 'monitors' && topic !== 'directory') continue;
      const name = `${topic} ${key}`;
      if (this.#entities.has(name) || this.#entities.size < doubtsMax) {
        this.#entities.set(name, { entity: { topic, key }, since: now });
      }
    }
  }

  /** Those that nothing can come late of any more, in an order in which all lock them. */
  settled(now: number): readonly ConfiguredEntity[] {
    const settled = [...this.#entities].filter(([, { since }]) => now >= since + this.#settleMs);
    return settled.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, { entity }]) => entity);
  }

  forget(entities: readonly ConfiguredEntity[]): void {
    for (const { topic, key } of entities) this.#entities.delete(`${topic} ${key}`);
  }
}
