/** Who owns each partition of each group just now: the fence between a task and its successor. */
import { partitionKey } from './topic-table.ts';

/** Held by one life of one task. */
export interface OwnerToken {
  readonly isCurrent: boolean;
}

export class Ownership {
  readonly #owners = new Map<string, OwnerToken>();

  /** Makes the caller the owner and every earlier token worthless. */
  claim(group: string, partition: number): OwnerToken {
    const key = partitionKey(group, partition);
    const owners = this.#owners;
    const token: OwnerToken = {
      get isCurrent() {
        return owners.get(key) === token;
      },
    };
    owners.set(key, token);
    return token;
  }

  revoke(group: string, partition: number): void {
    this.#owners.delete(partitionKey(group, partition));
  }
}
