/** Who is told of a certificate that is about to expire, when, and how often. */
import { describe, expect, it } from '@jest/globals';
import type { CertificateFacts } from '@quorate/contracts';
import { certificateOf } from './certificate.stage.ts';
import { Rehearsal, monitorId, startedAt } from './rehearsal.stage.ts';

const channelId = '11111111-1111-4111-8111-111111111111';

/** What eu, us and ap see: days left, or a certificate; null where one sees none. */
type Sight = readonly (number | CertificateFacts | null)[];

function at(sight: Sight, rehearsal = new Rehearsal({ settings: { channelIds: [channelId] } })): Rehearsal {
  show(rehearsal, sight);
  return rehearsal;
}

function show(rehearsal: Rehearsal, sight: Sight): void {
  const all = rehearsal.registered.flatMap((region, index) => {
    const seen = sight[index] ?? null;
    return seen === null ? [] : [[region, typeof seen === 'number' ? certificateOf(seen) : seen] as const];
  });
  rehearsal.certificates = Object.fromEntries(all);
}

/** A scheduled round for each sight, half a minute apart. */
function see(rehearsal: Rehearsal, ...sights: readonly Sight[]): Rehearsal {
  for (const sight of sights) {
    show(rehearsal, sight);
    rehearsal.round('u'.repeat(rehearsal.regions.length));
    rehearsal.pass(30_000);
  }
  return rehearsal;
}

const told = ({ alerts }: Rehearsal): string[] =>
  alerts.map(({ subject, transition, certificate, resolveCause }) => {
    const what = `${subject} ${transition} ${certificate?.daysLeft ?? ''}`.trim();
    return resolveCause === null ? what : `${what} ${resolveCause}`;
  });

const opened = 'certificate opened 13';
const soon: Sight = [13, 13, 13];
/** The certificate that lasts 13 days, so many days before its end. */
const later = (daysLeft: number): Sight => Array<CertificateFacts>(3).fill(certificateOf(13, { daysLeft }));

describe('a certificate that is about to expire', () => {
  it('is told once, with what each region saw, and moves no status', () => {
    const rehearsal = see(at(soon), soon, soon, soon);
    expect(told(rehearsal)).toEqual([opened]);
    expect(rehearsal.status).toBe('up');
    const [alert] = rehearsal.alerts;
    expect(alert).toMatchObject({
      subject: 'certificate',
      alertId: `${monitorId}:certificate:${startedAt}:opened:0`,
      incidentId: `${monitorId}:certificate:${startedAt}`,
      monitorId,
      channelIds: [channelId],
      regions: ['eu', 'us', 'ap'].sort(),
      expectedRegions: ['eu', 'us', 'ap'],
      firstFailureAt: startedAt,
      certificate: certificateOf(13),
    });
    expect(alert?.votes.map(({ region, certificate }) => [region, certificate?.daysLeft])).toEqual([
      ['ap', 13],
      ['eu', 13],
      ['us', 13],
    ]);
  });

  it.each<[situation: string, regions: number, sight: Sight, expected: string[]]>([
    ['one region of three sees it', 3, [13, 60, 60], []],
    ['one sees it and the others see none', 3, [13, null, null], []],
    ['two of three see it', 3, [60, 13, 13], [opened]],
    ['one of two sees it', 2, [13, 60], []],
    ['both of two see it', 2, [13, 13], [opened]],
    ['half of four see it', 4, [13, 13, 60, 60], []],
    ['the only region sees it', 1, [13], [opened]],
    ['it expires today', 3, [0, 0, 0], ['certificate opened 0']],
    ['it has expired: with it the target is down', 3, [-1, -1, -1], []],
    ['they see different ones: the first to expire is told', 3, [13, 5, 9], ['certificate opened 5']],
    ['there is time enough', 3, [14, 14, 14], []],
  ])('%#. where %s', (_situation, count, sight, expected) => {
    const regions = ['eu', 'us', 'ap', 'sa'].slice(0, count);
    expect(told(see(new Rehearsal({ regions }), sight, sight))).toEqual(expected);
  });

  it('is not decided by a region whose vote does not count, nor held up by one that is away', () => {
    const distrusted = at([13, 13, 60]);
    distrusted.quarantined = new Set(['eu']);
    expect(told(see(distrusted, [13, 13, 60]))).toEqual([]);
    const rehearsal = at([null, 13, 13]);
    for (let count = 0; count < 3; count++) rehearsal.round('-uu');
    expect(told(rehearsal)).toEqual([opened]);
  });

  it('is seen by scheduled rounds only', () => {
    const rehearsal = at(soon);
    rehearsal.announce({ dueAt: rehearsal.now, kind: 'manual' });
    rehearsal.castWord({ dueAt: rehearsal.now, kind: 'manual' }, 'uuu');
    expect(told(rehearsal)).toEqual([]);
  });

  it('is told of a target that is down for another reason too', () => {
    const rehearsal = at(soon);
    rehearsal.round('ddu');
    expect(told(rehearsal)).toEqual([opened]);
  });
});

describe('an open warning', () => {
  const renewed = 'certificate resolved 13 renewed';
  it.each<[situation: string, sights: Sight[], expected: string[]]>([
    ['ends when most regions see another certificate', [[60, 60, 13]], [renewed]],
    ['stays while only one does', [[60, 13, 13]], []],
    ['is not told anew when the days run down, nor when they are over', [later(12), later(0), later(-1)], []],
    ['is not told anew by a server that is behind', [[60, 60, 60], soon, [60, 60, 60]], [renewed]],
    [
      'ends for one that lasts longer and is warned of itself',
      [[13.5, 13.5, 13.5]],
      [renewed, 'certificate opened 13.5'],
    ],
    ['stays for one that expires sooner: servers take turns', [[9, 9, 9], soon, [9, 9, 9]], []],
  ])('%s', (_situation, sights, expected) => {
    expect(told(see(at(soon), soon, ...sights))).toEqual([opened, ...expected]);
  });

  it('ends with the edit that wants no warnings, at once, and is told again when they are wanted again', () => {
    const rehearsal = see(at(soon), soon);
    const { monitor } = rehearsal;
    if (monitor.type !== 'http') throw new Error('It is an HTTP monitor.');
    const { tls } = monitor.http;
    rehearsal.edit({ http: { ...monitor.http, tls: { ...tls, certificateWarningDays: 0 } } });
    expect(told(rehearsal)).toEqual([opened, 'certificate resolved 13 edited']);
    rehearsal.edit({ http: monitor.http });
    expect(told(see(rehearsal, soon)).at(-1)).toBe(opened);
    const ids = rehearsal.alerts.map(({ alertId }) => alertId);
    expect(new Set(ids).size).toBe(3);
  });

  it('ends where the target has no certificate any more', () => {
    const rehearsal = see(at(soon), soon, [null, null, 13]);
    expect(told(rehearsal)).toEqual([opened, 'certificate resolved 13 edited']);
  });

  it('ends when an edit asks for fewer days; no clock ends it without one', () => {
    const calm = certificateOf(13, { warning: false });
    const rehearsal = see(at(soon), soon);
    const seeCalm = () => {
      rehearsal.certificates = { eu: calm, us: calm, ap: calm };
      rehearsal.round('uuu');
    };
    seeCalm();
    expect(told(rehearsal)).toEqual([opened]);
    const { monitor } = rehearsal;
    if (monitor.type !== 'http') throw new Error('It is an HTTP monitor.');
    rehearsal.edit({ http: { ...monitor.http, tls: { ...monitor.http.tls, certificateWarningDays: 7 } } });
    seeCalm();
    expect(told(rehearsal)).toEqual([opened, 'certificate resolved 13 edited']);
  });

  it('stays while nobody answers', () => {
    const rehearsal = see(at(soon), soon);
    rehearsal.certificates = {};
    rehearsal.round('---');
    rehearsal.round('ddd');
    expect(told(rehearsal)).toEqual([opened]);
  });

  it('outlives a pause and a new name, and tells the channels of the day of its end', () => {
    const rehearsal = see(at(soon), soon);
    rehearsal.edit({ paused: true });
    rehearsal.edit({ paused: false });
    rehearsal.edit({ name: 'Store', channelIds: [] });
    see(rehearsal, soon);
    expect(told(rehearsal)).toEqual([opened]);
    see(rehearsal, [60, 60, 60]);
    expect(rehearsal.alerts.at(-1)).toMatchObject({
      transition: 'resolved',
      monitor: { name: 'Store' },
      channelIds: [],
    });
  });

  it('ends with its monitor', () => {
    const rehearsal = see(at(soon), soon);
    rehearsal.delete();
    expect(told(rehearsal)).toEqual([opened, 'certificate resolved 13 deleted']);
  });

  it('is acknowledged once, by whoever is first', () => {
    const rehearsal = see(at(soon), soon);
    const { incidentId } = rehearsal.alerts[0] ?? { incidentId: '' };
    for (const by of ['ada', 'bob']) rehearsal.take({ kind: 'acknowledge', incidentId, by });
    expect(told(rehearsal)).toEqual([opened, 'certificate acknowledged 13']);
    expect(rehearsal.alerts.at(-1)?.acknowledgedBy).toBe('ada');
  });

  it('is neither told again nor forgotten by a successor', () => {
    const rehearsal = see(at(soon), soon);
    rehearsal.restart();
    see(rehearsal, soon, [60, 60, 60]);
    expect(told(rehearsal)).toEqual([opened, renewed]);
    rehearsal.restart();
    expect(told(see(rehearsal, soon))).toEqual([opened, renewed]);
  });
});

describe('under maintenance', () => {
  it('nobody is warned; who still has to be is warned after it', () => {
    const rehearsal = at(soon);
    rehearsal.maintain(true);
    expect(told(see(rehearsal, soon))).toEqual([]);
    rehearsal.maintain(false);
    expect(told(rehearsal)).toEqual([]);
    expect(told(see(rehearsal, soon))).toEqual([opened]);
  });

  it('the end of a warning is told at once', () => {
    const rehearsal = see(at(soon), soon);
    rehearsal.maintain(true);
    expect(told(see(rehearsal, [60, 60, 60]))).toEqual([opened, 'certificate resolved 13 renewed']);
  });
});
