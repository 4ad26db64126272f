/** How far each group has come, as it was committed. */
import type { StoreContents, StoredOffset } from './store.ts';
import { partitionKey } from './topic-table.ts';

export class OffsetTable {
  readonly #offsets = new Map<string, Map<string, number>>();

  constructor({ offsets }: StoreContents) {
    for (const offset of offsets) this.set(offset);
  }

  get(group: string, topic: string, partition: number): number | null {
    return this.#offsets.get(group)?.get(partitionKey(topic, partition)) ?? null;
  }

  set({ group, topic, partition, offset }: StoredOffset): void {
    const ofGroup = this.#offsets.get(group) ?? new Map<string, number>();
    this.#offsets.set(group, ofGroup.set(partitionKey(topic, partition), offset));
  }

  /** The least offset that any group has committed in this partition; null when none has. */
  least(topic: string, partition: number): number | null {
    const offsets = [...this.#offsets.keys()].flatMap((group) => this.get(group, topic, partition) ?? []);
    return offsets.length === 0 ? null : Math.min(...offsets);
  }
}
