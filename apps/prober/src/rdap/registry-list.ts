/** IANA's list of RDAP servers by the end of a name (RFC 9224), fetched when it is first needed and then once a day. */
import { createGuardedAgent, type Outbound } from '@quorate/outbound';
import { request } from 'undici';
import { z } from 'zod';

const ianaList = 'https://data.iana.org/rdap/dns.json';

/** How long what was fetched is taken as the present; IANA changes it about weekly. */
const freshMs = 24 * 3_600_000;
/** After a failure the next try waits so long; an older list, where there is one, does as well meanwhile. */
const retryMs = 5 * 60_000;
const fetchMs = 8_000;

const serviceSchema = z.tuple([z.array(z.string()), z.array(z.string())]).rest(z.unknown());
const listSchema = z.object({ services: z.array(serviceSchema) });

export type RegistryServer =
  | { readonly kind: 'server'; readonly baseUrl: string }
  /** No RDAP for names of this end. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string };

type Servers = ReadonlyMap<string, string>;

function preferred(urls: readonly string[]): string | undefined {
  return urls.find((url) => url.startsWith('https://')) ?? urls.find((url) => url.startsWith('http://'));
}

function parseList(text: string): Servers {
  const { services } = listSchema.parse(JSON.parse(text));
  return new Map(
    services.flatMap(([ends, urls]) => {
      const url = preferred(urls);
      return url === undefined ? [] : ends.map((end): [string, string] => [end.toLowerCase(), url]);
    }),
  );
}

export class RegistryList {
  readonly #outbound: Outbound;
  readonly #url: string;
  #servers: Servers | null = null;
  #fetching: Promise<void> | null = null;
  #dueAtMs = 0;
  #why = '';

  constructor(outbound: Outbound, url = ianaList) {
    this.#outbound = outbound;
    this.#url = url;
  }

  /** The server for the longest end of `name` that is listed. Never rejects. */
  async serverOf(name: string): Promise<RegistryServer> {
    if (performance.now() >= this.#dueAtMs) this.#fetching ??= this.#refresh();
    if (this.#fetching !== null) await this.#fetching;
    if (this.#servers === null) return { kind: 'unknown', why: this.#why };
    const labels = name.toLowerCase().split('.');
    for (let from = 1; from < labels.length; from++) {
      const baseUrl = this.#servers.get(labels.slice(from).join('.'));
      if (baseUrl !== undefined) return { kind: 'server', baseUrl };
    }
    return { kind: 'none' };
  }

  async #refresh(): Promise<void> {
    try {
      this.#servers = parseList(await this.#fetch());
      this.#dueAtMs = performance.now() + freshMs;
    } catch (error) {
      this.#why = error instanceof z.ZodError ? 'it is not the list that it should be' : (error as Error).message;
      this.#dueAtMs = performance.now() + retryMs;
    }
    this.#fetching = null;
  }

  async #fetch(): Promise<string> {
    const agent = createGuardedAgent({ ...this.#outbound, timeoutMs: fetchMs });
    try {
      const signal = AbortSignal.timeout(fetchMs);
      const { statusCode, body } = await request(this.#url, { dispatcher: agent, signal });
      if (statusCode === 200) return await body.text();
      throw new Error(`it was answered with HTTP status ${statusCode}`);
    } finally {
      await agent.destroy();
    }
  }
}
