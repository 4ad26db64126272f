/** Room kept back on the disk, so that a full one still has some in which to clean up. Runs in the worker. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ballastBytes = 1_024 * 1_024;

export class Ballast {
  readonly #file: string;

  constructor(directory: string) {
    this.#file = join(directory, 'ballast');
  }

  /** Takes the room, if there is any. */
  load(): void {
    if (existsSync(this.#file)) return;
    try {
      writeFileSync(this.#file, Buffer.alloc(ballastBytes, 1), { flag: 'wx' });
    } catch {
      this.drop();
    }
  }

  /** Gives the room back. */
  drop(): void {
    rmSync(this.#file, { force: true });
  }
}
