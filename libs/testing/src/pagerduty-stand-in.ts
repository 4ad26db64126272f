/**
 * Stands in for PagerDuty's Events API v2 on loopback: takes events as the real one does, folds them into alerts by
 * routing key and `dedup_key`, and fails on demand in the ways that networks do.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const bodyBytesMax = 1024 * 1024;
const eventBytesMax = 512_000;

export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: string;
    readonly timestamp?: string;
    readonly custom_details?: Readonly<Record<string, unknown>>;
  };
  readonly client?: string;
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text?: string }[];
}

/** One call, whatever was answered. */
export interface PagerDutyCall {
  readonly at: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly event: PagerDutyEvent;
  /** Whether it took effect: also true when the answer was lost on purpose. */
  readonly taken: boolean;
}

/** What PagerDuty would show: one for each key, a new one for a trigger after a resolve. */
export interface PagerDutyAlert {
  readonly routingKey: string;
  readonly dedupKey: string;
  state: 'triggered' | 'acknowledged' | 'resolved';
  /** How many triggers were folded into it. */
  triggerCount: number;
}

/**
 * How the next calls are answered: by a status, by no answer, or by a reset before or after the event took effect.
 */
export type PagerDutyBehaviour =
  | { readonly status: number; readonly retryAfter?: string; readonly body?: string }
  | 'accept'
  | 'hang'
  | 'reset'
  | 'accept-then-reset'
  | 'accept-then-hang';

export interface PagerDutyStandIn {
  /** For a channel's `pagerduty.url`. */
  readonly url: string;
  readonly calls: readonly PagerDutyCall[];
  /** The events that took effect, in their order. */
  readonly events: readonly PagerDutyEvent[];
  readonly alerts: readonly PagerDutyAlert[];
  /** The events of one kind, and of one key where it is given. */
  of(action: PagerDutyEvent['event_action'], dedupKey?: string): readonly PagerDutyEvent[];
  /** How calls are answered from now on; `event` picks by what was asked. */
  behave(how: PagerDutyBehaviour | ((event: PagerDutyEvent) => PagerDutyBehaviour)): void;
  /** Resolves once `holds` is true of it, looking after each call. */
  until(holds: (standIn: PagerDutyStandIn) => boolean): Promise<void>;
  close(): Promise<void>;
}

export interface PagerDutyStandInSettings {
  /** A free port when left out. */
  readonly port?: number;
  /** Hears of each call as it comes in. */
  readonly onCall?: (call: PagerDutyCall) => void;
}

class StandIn implements PagerDutyStandIn {
  readonly calls: PagerDutyCall[] = [];
  readonly events: PagerDutyEvent[] = [];
  readonly alerts: PagerDutyAlert[] = [];
  readonly #server: Server;
  readonly #onCall: (call: PagerDutyCall) => void;
  #behaviour: (event: PagerDutyEvent) => PagerDutyBehaviour = () => 'accept';
  #waiting: (() => void)[] = [];

  constructor(onCall: (call: PagerDutyCall) => void) {
    this.#onCall = onCall;
    this.#server = createServer((request, response) => {
      // Whoever dies in the middle of a call waits for no answer.
      this.#answer(request, response).catch(() => request.destroy());
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v2/enqueue`;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  }

  of(action: PagerDutyEvent['event_action'], dedupKey?: string): PagerDutyEvent[] {
    return this.events.filter(
      ({ event_action, dedup_key }) => event_action === action && dedup_key === (dedupKey ?? dedup_key),
    );
  }

  behave(how: PagerDutyBehaviour | ((event: PagerDutyEvent) => PagerDutyBehaviour)): void {
    this.#behaviour = typeof how === 'function' ? how : () => how;
  }

  async until(holds: (standIn: PagerDutyStandIn) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (request.method !== 'POST' || request.url !== '/v2/enqueue') {
      send(response, { status: 404 });
      return;
    }
    const fault = faultOf(body);
    if (fault !== null) {
      send(response, {
        status: 400,
        body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors: [fault] }),
      });
      return;
    }
    const event = JSON.parse(body) as PagerDutyEvent;
    const behaviour = this.#behaviour(event);
    const taken = isTaken(behaviour);
    if (taken) this.#take(event);
    const call = { at: Date.now(), headers: request.headers, body, event, taken };
    this.calls.push(call);
    this.#onCall(call);
    act(behaviour, event, response);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #take(event: PagerDutyEvent): void {
    this.events.push(event);
    const { routing_key: routingKey, dedup_key: dedupKey, event_action: action } = event;
    const open = this.alerts.find(
      (alert) => alert.routingKey === routingKey && alert.dedupKey === dedupKey && alert.state !== 'resolved',
    );
    if (action === 'trigger' && open === undefined) {
      this.alerts.push({ routingKey, dedupKey, state: 'triggered', triggerCount: 1 });
    } else if (open !== undefined) {
      if (action === 'trigger') open.triggerCount++;
      else open.state = action === 'resolve' ? 'resolved' : 'acknowledged';
    }
  }
}

function isTaken(behaviour: PagerDutyBehaviour): boolean {
  if (typeof behaviour === 'string') return behaviour.startsWith('accept');
  return behaviour.status >= 200 && behaviour.status < 300;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const actions: readonly unknown[] = ['trigger', 'acknowledge', 'resolve'];
const severities: readonly unknown[] = ['critical', 'error', 'warning', 'info'];

function isText(value: unknown, charactersMax: number): boolean {
  return typeof value === 'string' && value !== '' && value.length <= charactersMax;
}

function payloadFault(payload: PagerDutyEvent['payload']): string | null {
  if (!isText(payload?.summary, 1_024)) return "'payload.summary' is missing or too long";
  if (!isText(payload?.source, 4_096)) return "'payload.source' is missing or blank";
  return severities.includes(payload?.severity) ? null : "'payload.severity' is invalid";
}

function eventFault({ routing_key, event_action, dedup_key, payload }: PagerDutyEvent): string | null {
  if (!isText(routing_key, 4_096)) return "'routing_key' is missing or blank";
  if (!actions.includes(event_action)) return "'event_action' is invalid";
  if (!isText(dedup_key, 255)) return "'dedup_key' is missing or too long";
  return event_action === 'trigger' ? payloadFault(payload) : null;
}

/** What the real one would refuse an event for; null when it would take it. */
function faultOf(body: string): string | null {
  if (Buffer.byteLength(body) > eventBytesMax) return 'the event is larger than 512 KB';
  try {
    return eventFault(JSON.parse(body) as PagerDutyEvent);
  } catch {
    return 'the body is not JSON';
  }
}

function send(
  response: ServerResponse,
  { status, retryAfter, body = '' }: { status: number; retryAfter?: string; body?: string },
): void {
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
  };
  response.writeHead(status, headers).end(body);
}

function act(behaviour: PagerDutyBehaviour, event: PagerDutyEvent, response: ServerResponse): void {
  if (typeof behaviour === 'object') send(response, behaviour);
  else if (behaviour === 'accept') {
    const body = JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: event.dedup_key });
    send(response, { status: 202, body });
  } else if (behaviour.endsWith('reset')) (response.socket as Socket).resetAndDestroy();
}

export async function startPagerDutyStandIn(settings: PagerDutyStandInSettings = {}): Promise<PagerDutyStandIn> {
  const standIn = new StandIn(settings.onCall ?? (() => undefined));
  await standIn.listen(settings.port ?? 0);
  return standIn;
}
