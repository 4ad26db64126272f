/**
 * What is due next, among very many: a binary heap with one place per key, so that a key moves or leaves in logarithmic
 * time and nobody scans all of them to find the few that are due.
 */
import type { Instant } from '@quorate/contracts';

interface Place {
  readonly key: string;
  dueAt: Instant;
  /** Where it stands in the heap. */
  index: number;
}

function isBefore(left: Place, right: Place): boolean {
  return left.dueAt < right.dueAt || (left.dueAt === right.dueAt && left.key < right.key);
}

export class DueQueue {
  readonly #heap: Place[] = [];
  readonly #places = new Map<string, Place>();

  get size(): number {
    return this.#heap.length;
  }

  /** The place that is due first; undefined when the queue is empty. */
  first(): { readonly key: string; readonly dueAt: Instant } | undefined {
    return this.#heap[0];
  }

  /** Adds `key`, or moves it to its new instant. */
  set(key: string, dueAt: Instant): void {
    const place = this.#places.get(key) ?? { key, dueAt, index: this.#heap.length };
    place.dueAt = dueAt;
    this.#places.set(key, place);
    this.#settle(place);
  }

  delete(key: string): void {
    const place = this.#places.get(key);
    const last = this.#heap.at(-1);
    if (place === undefined || last === undefined) return;
    this.#heap.pop();
    this.#places.delete(key);
    if (last === place) return;
    last.index = place.index;
    this.#settle(last);
  }

  /** Finds the right index for a place, beginning at the one that it names. */
  #settle(place: Place): void {
    this.#rise(place);
    this.#sink(place);
  }

  #put(place: Place, index: number): void {
    this.#heap[index] = place;
    place.index = index;
  }

  #rise(place: Place): void {
    let { index } = place;
    while (index > 0) {
      const parent = this.#heap[(index - 1) >> 1];
      if (parent === undefined || !isBefore(place, parent)) break;
      const parentIndex = parent.index;
      this.#put(parent, index);
      index = parentIndex;
    }
    this.#put(place, index);
  }

  #sink(place: Place): void {
    let { index } = place;
    for (let child = this.#firstChild(index); child && isBefore(child, place); child = this.#firstChild(index)) {
      const childIndex = child.index;
      this.#put(child, index);
      index = childIndex;
    }
    this.#put(place, index);
  }

  /** The child of `index` that is due earlier. */
  #firstChild(index: number): Place | undefined {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
  }
}
