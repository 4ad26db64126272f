/**
 * A few lanes for writing: a node answers the requests of one socket one by one, and each write waits for its
 * replicas.
 */
import type { ClusterMap } from './cluster-map.ts';
import { Lane } from './lane.ts';
import type { WireSettings } from './wire.ts';

const laneCount = 4;

export class LanePool {
  readonly #lanes: readonly Lane[];

  constructor(map: ClusterMap, settings: WireSettings) {
    this.#lanes = Array.from({ length: laneCount }, () => new Lane(map, settings));
  }

  /** The lane of everything that concerns partition `partition`, of whatever topic. */
  laneOf(partition: number): Lane {
    const lane = this.#lanes[partition % laneCount];
    if (lane === undefined) throw new RangeError(`There is no partition ${partition}`);
    return lane;
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
  }
}
