/** How many deliveries may be on their way in this process at once, over all partitions. */

export class SendSlots {
  readonly #slotsMax: number;
  #usedCount = 0;
  #draining = false;

  constructor(slotsMax: number) {
    this.#slotsMax = slotsMax;
  }

  /** Deliveries that were taken and whose outcome is not in the log yet. */
  get usedCount(): number {
    return this.#usedCount;
  }

  get freeCount(): number {
    return this.#draining ? 0 : Math.max(0, this.#slotsMax - this.#usedCount);
  }

  use(count: number): void {
    this.#usedCount += count;
  }

  release(count: number): void {
    this.#usedCount -= count;
  }

  /** From now on nothing more is taken. */
  drain(): void {
    this.#draining = true;
  }
}
