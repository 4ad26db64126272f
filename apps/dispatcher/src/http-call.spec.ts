import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { sessionMsMaxDefault } from '@quorate/bus';
import { makeCall } from './http-call.ts';
import { timingsDefault } from './start-dispatcher.ts';

let server: Server;
let agent: Agent;
let heard: string[] = [];

beforeEach(async () => {
  heard = [];
  server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    request.on('end', () => response.end('taken'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  agent = new Agent();
});

afterEach(async () => {
  await agent.close();
  server.close();
});

function call(deadlineMs: number, leavesUntilMs = performance.now() + deadlineMs) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const settings = { agent, deadlineMs, leavesUntilMs, signal: new AbortController().signal, headers: {} };
  return makeCall({ method: 'POST', url, headers: {}, body: '{"event":"trigger"}' }, settings);
}

/** As a machine that is paused does: connections come about meanwhile, and timers are late. */
function freeze(durationMs: number): void {
  const until = performance.now() + durationMs;
  while (performance.now() < until);
}

describe('a call', () => {
  it('arrives, and its answer is told', async () => {
    expect(await call(5_000)).toMatchObject({ kind: 'answered', statusCode: 200, text: 'taken' });
    expect(heard).toEqual(['{"event":"trigger"}']);
  });

  it('of a process that was frozen beyond its deadline never leaves', async () => {
    const outcome = call(20);
    // The connection is being made.
    await new Promise((resolve) => process.nextTick(resolve));
    freeze(60);
    expect(await outcome).toMatchObject({ kind: 'failed', retryable: true });
    expect(await call(5_000)).toMatchObject({ kind: 'answered' });
    expect(heard).toEqual(['{"event":"trigger"}']);
  });

  it('that was decided upon too long ago never leaves: its owner was frozen before it heard that it may', async () => {
    expect(await call(5_000, performance.now() - 1)).toMatchObject({ kind: 'failed', retryable: true });
    expect(heard).toEqual([]);
  });

  it('ends before a silent owner has a successor', () => {
    expect(timingsDefault.deadlineMs).toBeLessThanOrEqual(sessionMsMaxDefault - 2_000);
  });

  it('is held back where its time is over as its connection is there', async () => {
    const outcome = await call(0);
    expect(outcome).toMatchObject({ kind: 'failed', retryable: true });
    expect(heard).toEqual([]);
  });
});
