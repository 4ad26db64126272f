/** An installation for specs: its regions and partitions as they are set, watched while time passes. */
import type { Alert, AuditFinding, Instant, PartitionReport } from '@quorate/contracts';
import { decidePlatform, restorePlatform, type PlatformMemory } from './decide-platform.ts';
import type { PlatformFacts, RegionFact } from './facts.ts';

export const start = 1_800_000_000_000;
export const second = 1_000;
export const hour = 3_600 * second;
export const channelIds = ['1c7e7f0e-4a5c-4f0e-8a45-0d5d0a3c9d11'];

const partitionCount = 3;

export class PlatformStage {
  now: Instant = start;
  memory: PlatformMemory = restorePlatform(new Map());
  readonly told: Alert[] = [];
  readonly regions = new Map<string, RegionFact['state']>();
  /** By partition, in what its report differs from one that is well and fresh. */
  readonly reports = new Map<number, Partial<PartitionReport>>();

  findings: AuditFinding[] = [];

  constructor() {
    for (let partition = 0; partition < partitionCount; partition++) this.reports.set(partition, {});
    this.all('live');
    this.pass(5 * second);
  }

  /** Lets time pass, and decides as often as it is done in earnest, or not much more seldom. */
  pass(durationMs: number): void {
    const stepMs = durationMs >= hour ? 10 * second : second;
    for (const until = this.now + durationMs; this.now < until; this.now += stepMs) {
      const { memory, alerts } = decidePlatform(this.memory, this.#facts());
      this.memory = memory;
      this.told.push(...alerts);
    }
  }

  all(state: RegionFact['state']): void {
    for (const region of ['ap', 'eu', 'us']) this.regions.set(region, state);
  }

  /** What was told, each as its transition and its condition. */
  words(): string[] {
    return this.told.map(({ transition, monitor }) => `${transition} ${monitor.target}`);
  }

  #facts(): PlatformFacts {
    const since = start - 7 * second;
    return {
      now: this.now,
      regions: [...this.regions].map(([name, state]) => ({ name, state, since })),
      partitionCount,
      reports: new Map([...this.reports].map(([partition, changes]) => [partition, this.#report(partition, changes)])),
      findings: this.findings,
      channelIds,
    };
  }

  #report(partition: number, changes: Partial<PartitionReport>): PartitionReport {
    const counts = { lagMs: 0, monitorCount: 5, unknownCount: 0, faultyCount: 0 };
    return { v: 1, partition, at: this.now, ...counts, missingRegions: [], quarantinedRegions: [], ...changes };
  }
}
