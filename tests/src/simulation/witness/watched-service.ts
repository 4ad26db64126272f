/** What the witness has to know of a service: how its processes start, and what of its steps must be the same. */
import type { DurableLog, Gathering, OutgoingRecord } from '@quorate/bus';
import type { Logger } from '@quorate/telemetry';
import type { ServiceName } from '../world/scenario.ts';
import type { CommittedStep, Legacy } from './watched-task.ts';

export interface Beginning {
  /** What a successor finds in the log just now. */
  readonly legacy: Legacy;
  /** Of what a successor writes at once, that which it has no reason for. */
  readonly anew: (records: readonly OutgoingRecord[]) => readonly OutgoingRecord[];
  /** Of what a later step writes, that in which both must agree. */
  readonly told: (records: readonly OutgoingRecord[], gathering: Gathering) => readonly OutgoingRecord[];
}

export interface WatchedService {
  readonly name: ServiceName;
  /** So many steps with something to decide a restored task is compared for. */
  readonly stepsMax: number;
  /** Between the beginnings of two comparisons of one partition. */
  readonly pauseMsMax: number;
  /** Starts a process that owns nothing, whichever tasks it wants to run. */
  start(place: { readonly log: DurableLog; readonly logger: Logger }): void;
  /** Whether each of its processes follows a part of what it decides by: one that is disturbed hears that later. */
  readonly hearsForItself: boolean;
  /** Whether one that was not asked for a while waits for a region to be heard, where none is. */
  readonly waitsForRegions: boolean;
  /** What a comparison begins with; null where none can begin with this step. */
  beginning(step: CommittedStep): Beginning | null;
}
