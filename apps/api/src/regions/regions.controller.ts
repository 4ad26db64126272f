/** The route of regions. */
import { Controller } from '@nestjs/common';
import { RegionWatch } from '@quorate/runtime';
import { Input, Operation } from '../http/routing.ts';
import type { Page } from '../http/page.ts';
import { presentRegions } from './region.presenter.ts';
import { listRegions, type RegionAnswer } from './regions.operations.ts';

@Controller()
export class RegionsController {
  readonly #regions: RegionWatch;

  constructor(regions: RegionWatch) {
    this.#regions = regions;
  }

  @Operation(listRegions)
  list(@Input() _input: object): Page<RegionAnswer> {
    return { items: presentRegions(this.#regions.probers()), nextCursor: null };
  }
}
