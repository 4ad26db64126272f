/** The route of regions. */
import { Controller } from '@nestjs/common';
import { Input, Operation } from '../http/routing.ts';
import type { Page } from '../http/page.ts';
import { Heartbeats } from './heartbeats.ts';
import { presentRegions } from './region.presenter.ts';
import { listRegions, type RegionAnswer } from './regions.operations.ts';

@Controller()
export class RegionsController {
  readonly #heartbeats: Heartbeats;

  constructor(heartbeats: Heartbeats) {
    this.#heartbeats = heartbeats;
  }

  @Operation(listRegions)
  list(@Input() _input: object): Page<RegionAnswer> {
    return { items: presentRegions(this.#heartbeats.probers()), nextCursor: null };
  }
}
