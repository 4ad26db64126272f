/** The routes of regions. */
import { Controller } from '@nestjs/common';
import { RegionWatch } from '@quorate/runtime';
import { Commands } from '../commands.ts';
import type { InputOf } from '../http/operation.ts';
import type { Page } from '../http/page.ts';
import { ProblemError } from '../http/problem.ts';
import { Input, Operation } from '../http/routing.ts';
import { PartitionWatch } from './partition-watch.ts';
import { presentPartitions, presentRegions } from './region.presenter.ts';
import { listRegions, removeRegion, type PartitionsAnswer, type RegionAnswer } from './regions.operations.ts';

@Controller()
export class RegionsController {
  readonly #regions: RegionWatch;
  readonly #partitions: PartitionWatch;
  readonly #commands: Commands;

  constructor(regions: RegionWatch, partitions: PartitionWatch, commands: Commands) {
    this.#regions = regions;
    this.#partitions = partitions;
    this.#commands = commands;
  }

  @Operation(listRegions)
  list(@Input() _input: object): Page<RegionAnswer> & { readonly partitions: PartitionsAnswer } {
    const { reports } = this.#partitions;
    const [now, partitionCount] = [this.#commands.now(), this.#partitions.partitionCount];
    return {
      items: presentRegions(this.#regions.probers(), this.#partitions.quarantines()),
      nextCursor: null,
      partitions: presentPartitions({ now, partitionCount, reports }),
    };
  }

  @Operation(removeRegion)
  async remove(@Input() { params: { name } }: InputOf<typeof removeRegion>): Promise<{ name: string }> {
    const probers = this.#regions.probers().filter(({ region }) => region === name);
    if (probers.length === 0) {
      throw new ProblemError('QRT_REGION_UNKNOWN', 'No prober of this region was ever heard; list the regions.');
    }
    const live = probers.filter(({ state }) => state === 'live').map(({ proberId }) => proberId);
    if (live.length > 0) {
      throw new ProblemError('QRT_REGION_LIVE', `Stop its probers first; these live: ${live.join(', ')}.`);
    }
    await this.#commands.appendPlatform(name, { v: 1, type: 'remove-region', region: name, at: this.#commands.now() });
    return { name };
  }
}
