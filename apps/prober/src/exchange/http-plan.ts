/** What follows from an HTTP monitor's settings alone: worked out once, however often it is then checked. */
import type { HttpProbe } from '@quorate/contracts';
import { requestFor, type Hop, type HopSettings, type HttpRequest } from './http-request.ts';
import { wayTo } from './line.ts';

interface FirstRequest extends Pick<HopSettings, 'authorization' | 'userAgent' | 'keepAlive'> {
  readonly request: HttpRequest;
}

export class HttpPlan {
  /** Where each visit begins. */
  readonly hop: Hop;
  /** What a kept connection must share: see `wayTo`. */
  readonly way: string;
  readonly #headers: HttpProbe['headers'];
  #first: FirstRequest | null = null;

  constructor(http: HttpProbe) {
    const { url, method, body, headers } = http;
    this.hop = { url: new URL(url), method, body, mayCarryCredentials: true };
    this.way = wayTo(this.hop.url, http);
    this.#headers = headers;
  }

  /** The request of the first hop: the same as last time, unless the credentials are others by now. */
  firstRequest(settings: Omit<FirstRequest, 'request'>): HttpRequest {
    const { authorization, userAgent, keepAlive } = settings;
    const first = this.#first;
    const isSame =
      first?.authorization === authorization && first.userAgent === userAgent && first.keepAlive === keepAlive;
    if (isSame) return first.request;
    const request = requestFor(this.hop, { headers: this.#headers, cookie: null, ...settings });
    this.#first = { authorization, userAgent, keepAlive, request };
    return request;
  }
}

/** Plans go with the settings that they are for. */
const plans = new WeakMap<HttpProbe, HttpPlan>();

export function planOf(http: HttpProbe): HttpPlan {
  const known = plans.get(http);
  if (known !== undefined) return known;
  const plan = new HttpPlan(http);
  plans.set(http, plan);
  return plan;
}
