/** What the demo needs: Quorate, a target that breaks on request, a stand-in for PagerDuty, a receiver of traces. */
import { startPagerDutyStandIn, startTarget, type PagerDutyStandIn, type Target } from '@quorate/testing';
import { startOtlpReceiver, type OtlpReceiver } from '../e2e/otlp-receiver.ts';
import { until } from '../e2e/until.ts';
import { Installation } from './installation.ts';

export const regions = ['eu', 'us', 'ap'] as const;
export const intervalSeconds = 5;
export const confirmations = 3;
export const recoveries = 2;

const liveMsMax = 15_000;

type Closing = () => Promise<void>;

export class Stage {
  readonly #closings: Closing[] = [];
  #installation: Installation | null = null;
  #isClosed = false;

  target(): Promise<Target> {
    return this.#opened(startTarget());
  }

  pagerDuty(): Promise<PagerDutyStandIn> {
    return this.#opened(startPagerDutyStandIn());
  }

  /** To be opened before the installation, which sends its last spans as it ends. */
  traces(): Promise<OtlpReceiver> {
    return this.#opened(startOtlpReceiver());
  }

  async installation(spansGoTo: string): Promise<Installation> {
    this.#installation = await this.#opened(Installation.start({ regions, spansGoTo }));
    await this.#installation.ready();
    return this.#installation;
  }

  /** The last that Quorate wrote. */
  lastWords(): string {
    return this.#installation?.lastWords() ?? '';
  }

  /** Takes everything down again, also what is still opening; a second call does nothing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const closing of this.#closings.splice(0).reverse()) await closing();
  }

  async #opened<Part extends { close(): Promise<void> }>(opening: Promise<Part>): Promise<Part> {
    const part = await opening;
    if (this.#isClosed) await part.close();
    else this.#closings.push(() => part.close());
    return part;
  }
}

interface Region {
  readonly name: string;
  readonly state: string;
}

export async function allRegionsLive(installation: Installation): Promise<void> {
  const live = async (): Promise<boolean> => {
    const { items } = await installation.call<{ items: readonly Region[] }>('GET', '/regions');
    return regions.every((name) => items.some((region) => region.name === name && region.state === 'live'));
  };
  await until(live, { withinMs: liveMsMax, what: `the probers of ${regions.join(', ')} to be live` });
}

/** Adds the channel and a monitor that pages through it; answers the monitor's ID. */
export async function addMonitor(installation: Installation, target: Target, pagerDuty: PagerDutyStandIn) {
  const channel = await installation.call<{ id: string }>('POST', '/channels', {
    name: 'On call',
    type: 'pagerduty',
    pagerduty: { routingKey: 'a-demo-without-an-account', url: pagerDuty.url },
  });
  const monitor = await installation.call<{ id: string }>('POST', '/monitors', {
    name: 'Shop',
    type: 'http',
    intervalSeconds,
    timeoutSeconds: 2,
    http: { url: target.url },
    decision: { confirmations, confirmIntervalSeconds: 1, recoveries },
    channelIds: [channel.id],
  });
  return monitor.id;
}
