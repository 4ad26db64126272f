/** The sites that are watched: many on one server, each of which can fail by itself. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pick } from './seeded-choice.ts';
import { everyone, type Subject } from './subject.ts';

/** How a site fails: with a status, or by resetting the connection. Both answer at once. */
const siteFaults = ['status', 'reset'] as const;
type SiteFault = (typeof siteFaults)[number];
/** This share of the failures is seen by one region only, and must page nobody. */
const oneRegionShare = 0.25;

interface SiteFailure {
  readonly fault: SiteFault;
  /** A region, or all of them. */
  readonly seenBy: string;
}

const agentPattern = /^Quorate\/\S+ \((.+)\)$/;

export class Sites {
  readonly #server: Server;
  /** By path. */
  readonly #failing = new Map<string, SiteFailure>();
  #unreachableFrom: string | null = null;
  #visitCount = 0;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<Sites> {
    const sites = new Sites();
    sites.#server.listen(0, '127.0.0.1');
    await once(sites.#server, 'listening');
    return sites;
  }

  get visitCount(): number {
    return this.#visitCount;
  }

  urlOf(site: number): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${pathOf(site)}`;
  }

  /** A site as the script knows it. */
  subject(site: number, monitorId: string, regions: readonly string[]): Subject {
    const path = pathOf(site);
    return {
      ...{ monitorId, kind: 'site' },
      settled: () => Promise.resolve(),
      fail: (random) => {
        const seenBy = random() < oneRegionShare ? pick(regions, random) : everyone;
        this.#failing.set(path, { fault: pick(siteFaults, random), seenBy });
        return seenBy;
      },
      heal: () => void this.#failing.delete(path),
    };
  }

  /** From now on no request of this region is answered at all, as if it were behind a cut; null ends that. */
  cutOff(region: string | null): void {
    this.#unreachableFrom = region;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #answer({ headers, url = '/' }: IncomingMessage, response: ServerResponse): void {
    this.#visitCount++;
    const region = agentPattern.exec(headers['user-agent'] ?? '')?.[1] ?? null;
    if (region !== null && region === this.#unreachableFrom) return;
    const fault = this.#faultFor(url, region);
    if (fault === null) response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
    else if (fault === 'reset') response.socket?.resetAndDestroy();
    else response.writeHead(503, { 'content-type': 'text/plain' }).end('out of order\n');
  }

  #faultFor(path: string, region: string | null): SiteFault | null {
    const failure = this.#failing.get(path);
    return failure !== undefined && [everyone, region].includes(failure.seenBy) ? failure.fault : null;
  }
}

function pathOf(site: number): string {
  return `/site-${site}`;
}
