/** Cases that other monitors get wrong. */
import { describe, expect, it } from '@jest/globals';
import { confirmed, perform, rounds, then, type Row } from './script.stage.ts';

const five = ['eu', 'us', 'ap', 'sa', 'af'];
const four = five.slice(0, 4);
const two = five.slice(0, 2);
const once = { confirmations: 1, recoveries: 1 };

const opening = { confirmations: 1 };
const opened = ['opened:0'];

const cases: readonly Row[] = [
  ['two of three down', { decision: opening }, rounds('ddu'), { told: opened }],
  ['one of three down', { decision: opening }, rounds('duu'), { verdicts: ['up'], told: [] }],
  ['two down, one silent', { decision: opening }, rounds('dd-'), { told: opened }],
  ['one down, one up, one silent', { decision: opening }, rounds('du-'), { verdicts: ['inconclusive'], told: [] }],
  [
    'one down, the others silent: no page, but unknown',
    { decision: opening },
    rounds('d--', 'd--'),
    { told: [], status: 'unknown' },
  ],
  ['all silent', { decision: opening }, rounds('---', '---'), { told: [], status: 'unknown' }],
  [
    'a target that answers 500 once, everywhere, and then 200: a down verdict, ended by the confirming round',
    {},
    confirmed('ddd', 'uuu'),
    { verdicts: ['down', 'up'], told: [], status: 'up' },
  ],
  [
    'a target that answers 500 twice, where two are enough: never swallowed',
    { decision: { confirmations: 2 } },
    confirmed('ddd', 'ddd'),
    { verdicts: ['down', 'down'], told: opened },
  ],
  ['one of two down', { regions: two, decision: opening }, rounds('du'), { told: [] }],
  ['two of four down', { regions: four, decision: opening }, rounds('dduu'), { told: [] }],
  [
    'votes of two rounds that together would be a majority',
    { decision: opening },
    (r) => {
      const first = r.begin('d--');
      r.pass(1);
      const second = r.begin('-d-');
      r.cast({ round: first, region: 'ap', outcome: 'up' });
      r.cast({ round: second, region: 'eu', outcome: 'up' });
      r.pass(12_000);
    },
    { verdicts: ['inconclusive', 'inconclusive'], told: [] },
  ],
  [
    'a vote after the verdict',
    { decision: opening },
    (r) => {
      const round = r.begin('uu-');
      r.pass(12_001);
      r.cast({ round, region: 'ap', outcome: 'down' });
      r.pass(0);
    },
    { verdicts: ['up'], status: 'up' },
  ],
  [
    'a vote that is delivered twice',
    { decision: opening },
    (r) => {
      const round = r.begin('d--');
      for (let count = 0; count < 3; count++) r.cast({ round, region: 'eu', outcome: 'down' });
      r.pass(12_000);
    },
    { verdicts: ['inconclusive'], told: [] },
  ],
  [
    'a region that goes while an incident is open',
    { decision: once },
    then(rounds('ddd'), (r) => (r.regions = two), rounds('uu')),
    { told: ['opened:0', 'resolved:0'] },
  ],
  [
    'a region that comes while an incident is open',
    { regions: two, registered: five.slice(0, 3), decision: once },
    then(rounds('dd'), (r) => (r.regions = five.slice(0, 3)), rounds('uud')),
    { told: ['opened:0', 'resolved:0'] },
  ],
  [
    'a target that goes up and down, two rounds each',
    { decision: { confirmations: 2, recoveries: 2 } },
    then(
      ...Array.from({ length: 15 }, () => rounds('ddd', 'ddd', 'uuu', 'uuu')),
      (r) => expect(r.state).toMatchObject({ flapping: true, incident: {} }),
      (r) => r.effects.splice(0),
      ...Array.from({ length: 5 }, () => rounds('ddd', 'ddd', 'uuu', 'uuu')),
    ),
    { told: [], status: 'down' },
  ],
];

describe('a case that others get wrong:', () => {
  it.each(cases)('%s', (_case, scene, play, seen) => {
    expect(perform(scene, play)).toMatchObject(seen);
  });
});
