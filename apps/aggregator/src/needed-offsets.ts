/** Where a successor has to begin in each stream, to rebuild the vote windows that are open. */
import type { RoundIdentity, TopicName } from '@quorate/contracts';

/** Read entries are cut off once there are so many. */
const passedMax = 1_024;

interface Entry {
  readonly offset: number;
  readonly round: RoundIdentity;
}

/** What one stream has brought for rounds that were open then, in offset order. */
class StreamEntries {
  #entries: Entry[] = [];
  #passed = 0;

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** The oldest offset whose round is open; undefined when none is. */
  oldest(isOpen: (round: RoundIdentity) => boolean): number | undefined {
    let entry = this.#entries[this.#passed];
    while (entry !== undefined && !isOpen(entry.round)) entry = this.#entries[++this.#passed];
    if (this.#passed > passedMax || entry === undefined) {
      this.#entries = this.#entries.slice(this.#passed);
      this.#passed = 0;
    }
    return entry?.offset;
  }
}

export class NeededOffsets {
  readonly #streams = new Map<TopicName, StreamEntries>();

  /** The record at `offset` belongs to an open window. */
  need(stream: TopicName, offset: number, round: RoundIdentity): void {
    const entries = this.#streams.get(stream) ?? new StreamEntries();
    this.#streams.set(stream, entries);
    entries.push({ offset, round });
  }

  /** A stream of which nothing is needed is left out. */
  resumeFrom(isOpen: (round: RoundIdentity) => boolean): Partial<Record<TopicName, number>> {
    const positions: Partial<Record<TopicName, number>> = {};
    for (const [stream, entries] of this.#streams) {
      const offset = entries.oldest(isOpen);
      if (offset !== undefined) positions[stream] = offset;
    }
    return positions;
  }
}
