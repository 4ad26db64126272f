import { describe, expect, it } from '@jest/globals';
import { monitorSettingsSchema } from '@quorate/contracts';
import fc from 'fast-check';
import { graceMs, timeToAlertSecondsMax } from './grace.ts';
import { Rehearsal, startedAt, voteOf } from './rehearsal.stage.ts';

fc.configureGlobal({ seed: 16 });

describe('timeToAlertSecondsMax', () => {
  it('is the published sum: 76 s with the defaults', () => {
    const settings = monitorSettingsSchema.parse({ name: 'Shop', type: 'http', http: { url: 'https://example.com' } });
    expect(timeToAlertSecondsMax(settings)).toBe(30 + 3 * 12 + 2 * 5);
  });

  it('of a heartbeat monitor is counted from when a ping is due, its grace first', () => {
    const settings = monitorSettingsSchema.parse({ name: 'Backup', type: 'heartbeat', heartbeat: {} });
    expect(timeToAlertSecondsMax(settings, 300)).toBe(300 + 30 + 12);
  });

  const rhythms = fc.record({
    intervalSeconds: fc.integer({ min: 5, max: 120 }),
    timeoutSeconds: fc.integer({ min: 1, max: 5 }),
    confirmations: fc.integer({ min: 1, max: 5 }),
    confirmIntervalSeconds: fc.integer({ min: 1, max: 5 }),
    answerMs: fc.integer({ min: 0, max: 7_000 }),
  });

  it('is kept by every rhythm, however slowly the regions answer within their time', () => {
    fc.assert(
      fc.property(rhythms, ({ answerMs, confirmations, confirmIntervalSeconds, ...settings }) => {
        const decision = { confirmations, confirmIntervalSeconds };
        const rehearsal = new Rehearsal({ settings, decision });
        const limit = startedAt + timeToAlertSecondsMax({ ...settings, decision }) * 1_000;
        const due: { readonly at: number; readonly tell: () => void }[] = [];
        const answer = Math.min(answerMs, settings.timeoutSeconds * 1_000 + graceMs - 1);
        const plan = (at: number, tell: () => void) => void due.push({ at, tell });
        const schedule = (at: number): void =>
          plan(at, () => {
            const round = rehearsal.begin('');
            plan(at + answer, () => rehearsal.castWord(round, 'ddd'));
            schedule(at + settings.intervalSeconds * 1_000);
          });
        schedule(startedAt + settings.intervalSeconds * 1_000);
        let answered = 0;
        while (rehearsal.alerts.length === 0 && rehearsal.now <= limit) {
          for (const check of rehearsal.confirmations.slice(answered)) {
            plan(rehearsal.now + answer, () => rehearsal.castWord(check, 'ddd'));
          }
          answered = rehearsal.confirmations.length;
          due.sort((left, right) => left.at - right.at);
          const next = due[0]!;
          const confirmAt = rehearsal.state.turn?.confirmAt ?? Infinity;
          rehearsal.passTo(Math.min(next.at, Math.max(confirmAt, rehearsal.now + 1)));
          if (next.at <= rehearsal.now) due.shift()!.tell();
        }
        expect(rehearsal.told).toEqual(['opened:0']);
        expect(rehearsal.now).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe('the end of a window by time', () => {
  it('waits while votes may lie unread that came in time', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('d--');
    rehearsal.heardUntil = startedAt + 11_999;
    rehearsal.pass(60_000);
    expect(rehearsal.closed).toEqual([]);
    const vote = voteOf({ round, region: 'us', outcome: 'down' });
    rehearsal.take({ kind: 'vote', vote, appendedAt: startedAt + 9_000, traceparent: null });
    rehearsal.heardUntil = null;
    rehearsal.pass(0);
    expect(rehearsal.verdicts).toEqual(['down']);
    expect(rehearsal.lateVotes).toEqual([]);
  });
});
