/** Answers ping URLs: to anyone, shortly, and only once the log has the ping. It needs no database. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { BusUnavailableError, type DurableLog, type OutgoingRecord } from '@quorate/bus';
import { partitionOf, pingKey, type Ping } from '@quorate/contracts';
import { metrics, type Logger } from '@quorate/telemetry';
import { ProblemError } from '../http/problem.ts';
import type { PingDirectory, PingedMonitor } from './ping-directory.ts';
import { excerptOf, readTail } from './ping-excerpt.ts';
import { isPingUrl, pingAddressOf, type PingAddress, type Signal } from './ping-signal.ts';

/** Then the job is asked to try again; it waits for 10 s, as the documentation has it. */
const answerMsMax = 8_000;
/** In seconds. */
const retryAfter = { 'Retry-After': '2' };
const methods = ['GET', 'HEAD', 'POST'];

export interface PingEndpointParts {
  readonly log: Pick<DurableLog, 'append' | 'now' | 'partitionCount'>;
  readonly directory: Pick<PingDirectory, 'find'>;
  readonly logger: Logger;
  readonly answerMsMax?: number;
}

function pingOf(monitorId: string, signal: Signal, excerpt: string | null): Ping {
  const about = { v: 1, monitorId } as const;
  if (signal.kind === 'started') return { ...about, kind: 'started' };
  return { ...about, ...signal, excerpt: signal.failed ? excerpt : null };
}

function unknownUrl(): ProblemError {
  return new ProblemError('QRT_PING_UNKNOWN', 'No monitor has this ping URL; read it anew from the monitor.');
}

function unavailable(detail: string, cause?: unknown): ProblemError {
  return new ProblemError('QRT_LOG_UNAVAILABLE', detail, { headers: retryAfter, cause });
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: { status: number; headers: Readonly<Record<string, string>>; body: string },
): void {
  const always = {
    'Cache-Control': 'no-store',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Content-Type-Options': 'nosniff',
  };
  response.writeHead(status, { ...always, ...headers });
  response.end(method === 'HEAD' ? '' : body);
}

function sendProblem(request: IncomingMessage, response: ServerResponse, problem: ProblemError): void {
  // What is left of the body is not read: the connection ends with the answer.
  const headers = { ...problem.headers, 'Content-Type': 'application/problem+json', Connection: 'close' };
  send(request, response, { status: problem.status, headers, body: `${JSON.stringify(problem.toDocument())}\n` });
}

/** The answer to a ping URL while no gateway is ready. Returns whether it was one. */
export function refusePing(request: IncomingMessage, response: ServerResponse): boolean {
  if (!isPingUrl(request.url ?? '')) return false;
  sendProblem(request, response, unavailable('The gateway is starting; try again.'));
  return true;
}

export class PingEndpoint {
  readonly #parts: PingEndpointParts;

  constructor(parts: PingEndpointParts) {
    this.#parts = parts;
  }

  /** Returns whether the request was one for a ping URL; then it is answered. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (!isPingUrl(request.url ?? '')) return false;
    this.#answer(request, response).catch((error: unknown) => this.#refuse(request, response, error));
    return true;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    if (!methods.includes(method)) {
      throw new ProblemError('QRT_METHOD_NOT_ALLOWED', `Use one of ${methods.join(', ')}.`, {
        headers: { Allow: methods.join(', ') },
      });
    }
    const { monitor, address } = this.#find(url);
    const tail = await readTail(request);
    await this.#append(monitor.monitorId, pingOf(monitor.monitorId, address.signal, excerptOf(tail, address.token)));
    metrics.pings.add(1, { kind: address.signal.kind });
    const isReadWhole = request.complete;
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', ...(isReadWhole ? {} : { Connection: 'close' }) };
    send(request, response, { status: 200, headers, body: 'OK\n' });
  }

  #find(url: string): { readonly monitor: PingedMonitor; readonly address: PingAddress } {
    const address = pingAddressOf(url);
    const monitor = address === null ? undefined : this.#parts.directory.find(address.token);
    if (address === null || monitor === undefined) throw unknownUrl();
    const { bucket } = monitor;
    if (bucket.available(this.#parts.log.now()) < 1) {
      throw new ProblemError('QRT_PINGS_TOO_MANY', 'This URL is pinged too often; it takes one ping a second.', {
        headers: retryAfter,
      });
    }
    bucket.take(1);
    return { monitor, address };
  }

  /** With the end of a run its start is done with. */
  async #append(monitorId: string, ping: Ping): Promise<void> {
    const { log } = this.#parts;
    const partition = partitionOf(monitorId, log.partitionCount('pings'));
    const record = (key: string, value: Ping | null): OutgoingRecord => {
      return { topic: 'pings', partition, key, value: value === null ? null : JSON.stringify(value) };
    };
    const records = [record(pingKey(monitorId, ping.kind), ping)];
    if (ping.kind === 'ended') records.push(record(pingKey(monitorId, 'started'), null));
    const limit = new AbortController();
    const late = delay(this.#parts.answerMsMax ?? answerMsMax, 'late' as const, { signal: limit.signal });
    const isLate = await Promise.race([log.append(records), late]).finally(() => limit.abort());
    if (isLate === 'late') throw unavailable('The log did not take the ping in time; try again.');
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent || request.errored !== null) {
      response.destroy();
      return;
    }
    const problem = this.#problemOf(error);
    sendProblem(request, response, problem);
  }

  #problemOf(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error;
    if (error instanceof BusUnavailableError) return unavailable('The log cannot be written; try again.', error);
    this.#parts.logger.error('A ping could not be answered', { error });
    return new ProblemError('QRT_INTERNAL', 'The ping could not be taken; try again.', { cause: error });
  }
}
