/** What users are promised of verdicts and status, a row for each sentence; the details are in the specs beside it. */
import { describe, expect, it } from '@jest/globals';
import { Rehearsal, startedAt } from './rehearsal.stage.ts';
import { confirmed, perform, rounds, then, type Row } from './script.stage.ts';

const five = ['eu', 'us', 'ap', 'sa', 'af'];
const four = five.slice(0, 4);
const two = five.slice(0, 2);
const once = { confirmations: 1, recoveries: 1 };

const another = { http: { url: 'https://new.example.com/' } };
const opened = ['opened:0'];
const opening = { confirmations: 1 };

const promises: readonly Row[] = [
  [
    'a strict majority of the expected voters decides',
    { regions: five },
    rounds('dddua', 'uuudd'),
    { verdicts: ['down', 'up'] },
  ],
  [
    'where two regions are registered, one alone decides nothing: down',
    { regions: two },
    rounds('d-', 'dd'),
    { verdicts: ['inconclusive', 'down'] },
  ],
  [
    'where two regions are registered, one alone decides nothing: up',
    { regions: two },
    rounds('u-', 'uu'),
    { verdicts: ['inconclusive', 'up'] },
  ],
  [
    'anything else opens nothing',
    { decision: opening },
    rounds('du-', 'd--', 'daa'),
    { verdicts: ['inconclusive', 'inconclusive', 'inconclusive'], told: [] },
  ],
  ['anything else resolves nothing', { decision: once }, rounds('ddd', 'du-', 'u--', 'uaa'), { told: opened }],
  [
    'missing and abstaining are neither up nor down',
    {},
    rounds('d-a', 'u-a'),
    { verdicts: ['inconclusive', 'inconclusive'] },
  ],
  ['a tie is inconclusive', { regions: four }, rounds('dduu'), { verdicts: ['inconclusive'] }],
  [
    'an explicit quorum replaces majority and floor: any',
    { decision: { quorum: 'any' } },
    rounds('duu', 'uuu'),
    { verdicts: ['down', 'up'] },
  ],
  [
    'an explicit quorum replaces majority and floor: all',
    { decision: { quorum: 'all' } },
    rounds('ddu', 'ddd'),
    { verdicts: ['inconclusive', 'down'] },
  ],
  [
    'an explicit quorum replaces majority and floor: a number',
    { regions: five, decision: { quorum: 2 } },
    rounds('dduuu'),
    { verdicts: ['down'] },
  ],
  [
    'a static electorate keeps the minority side of a split from deciding',
    { regions: two, registered: five, decision: { electorate: 'registered' } },
    rounds('dd', 'dd'),
    { verdicts: ['inconclusive', 'inconclusive'], told: [] },
  ],
  ['with one region its one vote decides', { regions: ['eu'], decision: opening }, rounds('d'), { told: opened }],

  [
    'two of two stays valid when a region dies',
    { decision: opening },
    rounds('uu-', 'uu-', 'dd-'),
    { verdicts: ['up', 'up', 'down'], told: opened },
  ],
  [
    'a region that missed two rounds is a voter again when it votes',
    { regions: four },
    rounds('uuu-', 'uuu-', 'uuuu', 'ddu-'),
    { verdicts: ['up', 'up', 'up', 'inconclusive'] },
  ],
  ['too few answers for two rounds are unknown', {}, rounds('uuu', 'u--', 'u--'), { statuses: ['up', 'unknown'] }],
  [
    'too few answers leave an open incident open',
    { decision: once },
    rounds('ddd', '---', '---'),
    { told: opened, statuses: ['down', 'unknown'] },
  ],

  [
    'an alert waits for so many down verdicts in a row',
    {},
    then(
      confirmed('ddd', 'ddd'),
      (r) => expect(r.told).toEqual([]),
      (r) => r.confirm('ddd'),
    ),
    { told: opened },
  ],
  [
    'scheduled rounds count on the way',
    { settings: { intervalSeconds: 10, timeoutSeconds: 5 } },
    rounds('ddd', 'ddd', 'ddd'),
    { told: opened },
  ],
  ['an up ends the suspicion', {}, confirmed('ddd', 'ddd', 'uuu'), { told: [], status: 'up' }],
  ['an inconclusive neither counts nor resets', {}, confirmed('ddd', 'dua', 'ddd', 'dua', 'ddd'), { told: opened }],
  [
    'three inconclusive in a row end it',
    {},
    then(confirmed('ddd', 'ddd', 'dua', 'dua', 'dua'), rounds('ddd')),
    { told: [] },
  ],
  [
    'recovery is the same with recoveries',
    { decision: { confirmations: 1 } },
    then(
      rounds('ddd', 'uuu'),
      (r) => expect(r.told).toEqual(opened),
      (r) => r.confirm('uuu'),
    ),
    { told: ['opened:0', 'resolved:0'] },
  ],

  [
    'down from one region only, twice in a row, is degraded and pages nobody',
    {},
    rounds('uud', 'uud'),
    { told: [], statuses: ['up', 'degraded'] },
  ],
  [
    'flapping holds one open incident',
    { decision: once },
    then(
      rounds('uuu', 'uuu'),
      ...Array.from({ length: 8 }, () => rounds('ddd', 'uuu')),
      rounds('ddd', 'uuu', 'ddd', 'uuu'),
    ),
    { status: 'down' },
  ],

  [
    'pausing resolves',
    { decision: opening },
    then(rounds('ddd'), (r) => r.edit({ paused: true })),
    { told: ['opened:0', 'resolved:0'], status: 'paused' },
  ],
  [
    'editing the target keeps the incident and zeroes the counters',
    { decision: opening },
    then(rounds('ddd', 'uuu'), (r) => r.edit(another), rounds('uuu')),
    { told: opened, status: 'down' },
  ],
  [
    'manual rounds touch no counter',
    { decision: once },
    (r) => {
      const manual = { dueAt: r.now, kind: 'manual' } as const;
      r.announce(manual);
      r.castWord(manual, 'ddd');
    },
    { verdicts: ['down'], told: [], status: 'pending' },
  ],

  [
    'maintenance suppresses alerts, not verdicts',
    { decision: once },
    then((r) => r.maintain(true), rounds('ddd', 'uuu', 'ddd')),
    { verdicts: ['down', 'up', 'down'], told: [], statuses: ['maintenance'] },
  ],
  [
    'a monitor still down at the end of maintenance alerts once',
    { decision: once },
    then(
      (r) => r.maintain(true),
      rounds('ddd', 'ddd'),
      (r) => r.maintain(false),
      rounds('ddd'),
    ),
    { told: opened, status: 'down' },
  ],
  [
    'an incident that began before maintenance is told of once, and of its end',
    { decision: once },
    then(
      rounds('ddd'),
      (r) => r.maintain(true),
      rounds('ddd', 'uuu'),
      (r) => r.maintain(false),
      rounds('uuu'),
    ),
    { told: ['opened:0', 'resolved:0'], status: 'up' },
  ],
  [
    'what ends within maintenance is never told of',
    { decision: once },
    then(
      (r) => r.maintain(true),
      rounds('ddd', 'uuu'),
      (r) => r.maintain(false),
      rounds('uuu'),
    ),
    { told: [], status: 'up' },
  ],
  [
    'nobody is reminded during maintenance',
    { decision: once, settings: { reminderMinutes: 1 } },
    then(
      rounds('ddd'),
      (r) => r.maintain(true),
      (r) => r.pass(600_000),
    ),
    { told: opened, status: 'maintenance' },
  ],
  [
    'pausing under maintenance forgets what nobody was told of',
    { decision: once },
    then(
      (r) => r.maintain(true),
      rounds('ddd'),
      (r) => r.edit({ paused: true }),
      (r) => r.maintain(false),
    ),
    { told: [], status: 'paused' },
  ],

  [
    'a region in quarantine does not count',
    { decision: opening },
    then((r) => (r.quarantined = new Set(['ap'])), rounds('dud')),
    { verdicts: ['inconclusive'], told: [] },
  ],
  [
    'quarantine never leaves fewer than the floor',
    { regions: two, decision: opening },
    then((r) => (r.quarantined = new Set(two)), rounds('dd')),
    { verdicts: ['down'], told: opened },
  ],
  [
    'quarantine never takes more than a minority',
    { decision: opening },
    then((r) => (r.quarantined = new Set(five)), rounds('-dd')),
    { verdicts: ['down'], told: opened },
  ],
];

describe('it is promised that', () => {
  it.each(promises)('%s', (_promise, scene, play, seen) => {
    expect(perform(scene, play)).toMatchObject(seen);
  });

  it('the page is decided 40 s after an outage that answers at once, at 30 s, at the latest', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uuu');
    const failedAt = rehearsal.now;
    rehearsal.passTo(startedAt + 30_000);
    confirmed('ddd', 'ddd', 'ddd')(rehearsal);
    expect((rehearsal.alerts[0]?.openedAt ?? Infinity) - failedAt).toBeLessThanOrEqual(40_000 + 100);
  });

  it('every verdict, and every blip that did not page, keeps the votes that explain it', () => {
    const rehearsal = new Rehearsal();
    for (const word of ['uud', 'ddd', 'du-']) rehearsal.round(word);
    for (const { votes } of rehearsal.closed) expect(votes.length).toBeGreaterThanOrEqual(2);
  });

  it('time is accounted without a gap: each status begins where the one before ends', () => {
    const rehearsal = new Rehearsal({ decision: once });
    rounds('uuu', '---', '---', 'ddd', 'uuu')(rehearsal);
    const changes = rehearsal.effects.flatMap((effect) => (effect.kind === 'status-changed' ? [effect.record] : []));
    expect(changes.map(({ status }) => status)).toEqual(['up', 'unknown', 'down', 'up']);
    expect(changes.map(({ since }) => since)).toEqual(changes.map(({ since }) => since).toSorted((a, b) => a - b));
  });
});
