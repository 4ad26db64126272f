/** The checks of one partition whose votes are not yet durable: a successor must see them again. */
import type { TopicName } from '@quorate/contracts';

export class PendingOffsets {
  readonly #streams = new Map<TopicName, Set<number>>();

  add(stream: TopicName, offset: number): void {
    const offsets = this.#streams.get(stream) ?? new Set<number>();
    this.#streams.set(stream, offsets.add(offset));
  }

  settle(stream: TopicName, offset: number): void {
    this.#streams.get(stream)?.delete(offset);
  }

  /** The oldest offset of each stream that is still needed. Offsets come in order, and a set keeps it. */
  get resumeFrom(): Partial<Record<TopicName, number>> {
    const oldest = [...this.#streams].map(([stream, offsets]) => [stream, offsets.values().next().value] as const);
    return Object.fromEntries(oldest.filter(([, offset]) => offset !== undefined));
  }
}
