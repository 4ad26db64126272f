import { describe, expect, it } from '@jest/globals';
import type { ChannelRecord } from '@quorate/contracts';
import type { Message } from './channel-call.ts';
import { heartbeatChannel } from './heartbeat.channel.ts';

const url = 'https://hc.example/ping/3f6c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';

function channelOf(method: 'GET' | 'POST') {
  return {
    v: 1,
    entity: 'channel',
    id: '11111111-1111-4111-8111-111111111111',
    version: 1,
    name: 'Watch',
    fallbackChannelId: null,
    type: 'heartbeat',
    heartbeat: { url, method },
  } satisfies ChannelRecord;
}

describe('a call to a heartbeat receiver', () => {
  it.each(['GET', 'POST'] as const)('is a bare %s of its URL: the call itself is the message', (method) => {
    const call = heartbeatChannel.call(channelOf(method), {} as Message);
    expect(call).toEqual({ method, url, headers: {}, body: null });
  });

  it.each([
    ['healthchecks.io', 200, 'OK', 'accepted'],
    ['Better Stack', 200, '', 'accepted'],
    ['Uptime Kuma', 200, '{"ok":true}', 'accepted'],
    ['Dead Man’s Snitch', 202, 'Got it, thanks!', 'accepted'],
    ['Opsgenie', 202, '{"result":"PONG - Heartbeat received"}', 'accepted'],
    ['healthchecks.io, of a check that it does not know', 200, 'OK (not found)', 'refused'],
    ['healthchecks.io, of too many beats', 200, 'OK (rate limited)', 'refused'],
    ['Uptime Kuma, of a push token that it does not know', 404, '{"ok":false}', 'refused'],
    ['a page that moved', 301, '', 'failed'],
    ['a receiver in trouble', 503, 'OK (really)', 'failed'],
  ])('that %s answers with %d %s was %s', (_who, statusCode, text, outcome) => {
    expect(heartbeatChannel.judge({ statusCode, text }).outcome).toBe(outcome);
  });

  it('says why it was not counted', () => {
    const { error } = heartbeatChannel.judge({ statusCode: 200, text: 'OK (not found)\n' });
    expect(error).toBe('answered 200, but did not count it: not found');
  });
});
