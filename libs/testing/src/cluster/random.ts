/** Chance that is told: the same seed draws the same lots, whatever else draws from seeds of its own. */

const golden = 0x9e3779b9;

/** Mixes a text into a seed (FNV-1a). */
function mixed(seed: number, text: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** The generator `sfc32`: small, fast, and good enough for lots. */
export class Random {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#a = this.#seed;
    this.#b = Math.imul(this.#seed, golden) >>> 0;
    this.#c = golden;
    for (let round = 0; round < 12; round++) this.unit();
  }

  /** A generator of its own: what is drawn from it changes nothing here, so that one part can grow without the rest. */
  fork(name: string): Random {
    return new Random(mixed(Math.imul(this.#seed, golden), name));
  }

  /** From 0 up to 1. */
  unit(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  pick<Item>(items: readonly Item[]): Item | undefined;
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.unit() * items.length)];
  }

  /** `items` in an order of chance. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, lot: this.unit() }))
      .sort((left, right) => left.lot - right.lot)
      .map(({ item }) => item);
  }

  /** The name of an entity: a UUID made of lots. */
  uuid(): string {
    const digits = Array.from({ length: 4 }, () =>
      Math.floor(this.unit() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0'),
    );
    const text = digits.join('');
    return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-8${text.slice(17, 20)}-${text.slice(20)}`;
  }
}
