/** That the chaos trial would notice: each way in which pages can be wrong, planted once. */
import { describe, expect, it } from '@jest/globals';
import { countPages, type HeardEvent, type Outage } from './pages.ts';

const outage: Outage = { monitorId: 'shop', from: 100_000, to: 160_000 };
const earlyMsMax = 15_000;

const trigger = (dueAt: number, at = dueAt + 1_000): HeardEvent => ({
  at,
  action: 'trigger',
  dedupKey: `shop:${dueAt}`,
});
const resolve = (dueAt: number, at: number): HeardEvent => ({ at, action: 'resolve', dedupKey: `shop:${dueAt}` });

const count = (...events: HeardEvent[]) => countPages([outage], events, { earlyMsMax });
const right = [trigger(110_000), resolve(110_000, 170_000)];

describe('pages', () => {
  it('are right when an outage has one and its resolve comes after the site has healed', () => {
    expect(count(...right)).toEqual({
      ...{ outages: 1, pages: 1, resolves: 1, repeats: 0 },
      ...{ lost: [], doubled: [], false: [] },
    });
  });

  it('may repeat under one key', () => {
    expect(count(trigger(110_000), ...right, resolve(110_000, 171_000))).toMatchObject({
      ...{ pages: 1, resolves: 1, repeats: 2 },
      ...{ lost: [], doubled: [], false: [] },
    });
  });

  it('belong to an outage also when the round was due a little before and held up', () => {
    expect(count(trigger(90_000, 120_000), resolve(90_000, 170_000))).toMatchObject({ lost: [], false: [] });
  });

  it('are lost when there is none', () => {
    expect(count().lost).toEqual([expect.stringMatching(/^the outage of shop .* paged nobody$/)]);
  });

  it('are lost when the resolve is', () => {
    expect(count(trigger(110_000)).lost).toEqual([expect.stringMatching(/was never resolved$/)]);
  });

  it('are doubled under another key for the same outage', () => {
    const again = [trigger(130_000), resolve(130_000, 171_000)];
    expect(count(...right, ...again).doubled).toEqual([expect.stringMatching(/paged again as shop:130000$/)]);
  });

  it.each([
    ['come without an outage', [trigger(300_000)]],
    ['come of another monitor', [{ ...trigger(110_000), dedupKey: 'mail:110000' }]],
    ['are resolved before the site has healed', [trigger(110_000), resolve(110_000, 150_000)]],
    ['are resolved and were never there', [resolve(120_000, 170_000)]],
  ])('are false when they %s', (_what, events) => {
    expect(count(...events).false).toHaveLength(1);
  });

  it('owe no resolve to an outage that lasts', () => {
    const lasting = { ...outage, to: null };
    expect(countPages([lasting], [trigger(110_000)], { earlyMsMax })).toMatchObject({ lost: [], false: [] });
  });
});
