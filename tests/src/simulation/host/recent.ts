/** What was worked out for the newest of many things; older ones are forgotten, so that it holds on to little. */

const sizeMax = 256;

export class Recent<Key, Value> {
  #newer = new Map<Key, Value>();
  #older: ReadonlyMap<Key, Value> = new Map();

  get(key: Key): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: Key, value: Value): void {
    this.#newer.set(key, value);
    if (this.#newer.size < sizeMax) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }
}
