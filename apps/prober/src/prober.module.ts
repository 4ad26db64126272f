/** Wires the prober. */
import { Module, type DynamicModule } from '@nestjs/common';
import { ChecksHandler } from './checks.handler.ts';
import { BallotBox } from './voting/ballot-box.ts';

@Module({})
export class ProberModule {
  static with(ballotBox: BallotBox): DynamicModule {
    return {
      module: ProberModule,
      controllers: [ChecksHandler],
      providers: [{ provide: BallotBox, useValue: ballotBox }],
    };
  }
}
