/** Everything between a schedule and a page: it needs the log alone, and starts and stays without a database. */
import { startAggregator } from '@quorate/aggregator';
import type { DurableLog } from '@quorate/bus';
import { startDispatcher } from '@quorate/dispatcher';
import type { AddressGuard } from '@quorate/outbound';
import { startProber } from '@quorate/prober';
import { version, type HealthByName, type RunningService, type SecretBox } from '@quorate/runtime';
import { startScheduler } from '@quorate/scheduler';
import type { Logger } from '@quorate/telemetry';

export interface MonitoringParts {
  readonly log: DurableLog;
  /** A logger for each service. */
  loggerFor(service: string): Logger;
  readonly regions: readonly string[];
  readonly secretBox: SecretBox;
  readonly guard: AddressGuard;
  readonly canaries: readonly string[] | undefined;
  readonly publicUrl: string | null;
}

export interface Monitoring {
  health(): HealthByName;
  close(): Promise<void>;
}

class Services implements Monitoring {
  /** In the order of their start; each group's members start and end together. */
  readonly #groups: (readonly RunningService[])[] = [];

  async start(...starts: readonly Promise<RunningService>[]): Promise<void> {
    this.#groups.push(await Promise.all(starts));
  }

  health(): HealthByName {
    return Object.fromEntries(this.#groups.flat().map((service) => [service.name, service.health()]));
  }

  async close(): Promise<void> {
    for (const group of this.#groups.splice(0).toReversed()) {
      await Promise.all(group.map((service) => service.close()));
    }
  }
}

/** Those who consume start before those who produce; the end goes the other way. */
export async function startMonitoring(parts: MonitoringParts): Promise<Monitoring> {
  const { log, regions, secretBox, guard, canaries, publicUrl } = parts;
  const dependencies = (service: string) => ({ log, logger: parts.loggerFor(service) });
  const services = new Services();
  await services.start(
    startDispatcher({ ...dependencies('dispatcher'), secretBox, guard, publicUrl }),
    startAggregator(dependencies('aggregator')),
  );
  const probers = regions.map((region) => {
    const prober = { region, proberId: `${region}-1`, secretBox, guard, canaries, version };
    return startProber({ ...dependencies('prober'), ...prober });
  });
  await services.start(...probers);
  await services.start(startScheduler(dependencies('scheduler')));
  return services;
}
