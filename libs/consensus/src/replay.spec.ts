import { describe, expect, it } from '@jest/globals';
import { monitorStateSchema, type Alert } from '@quorate/contracts';
import fc from 'fast-check';
import { certificateOf } from './certificate.stage.ts';
import { Rehearsal } from './rehearsal.stage.ts';
import type { Position } from './vote-window.ts';

fc.configureGlobal({ seed: 7, numRuns: 100 });

type ChangeKind = 'edit' | 'rename' | 'pause' | 'acknowledge' | 'manual' | 'maintain';

type Action =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'round'; readonly word: string }
  | { readonly kind: 'answer'; readonly back: number; readonly word: string }
  | { readonly kind: 'distrust'; readonly regions: readonly string[] }
  | { readonly kind: 'certificates'; readonly daysLeft: readonly (number | null)[] }
  | { readonly kind: ChangeKind };

const words = fc
  .array(fc.constantFrom('d', 'd', 'u', 'a', '-'), { minLength: 3, maxLength: 3 })
  .map((letters) => letters.join(''));
const actions: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 50, 999, 3_000, 5_000, 12_000) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('round' as const), word: words }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('answer' as const), back: fc.nat(2), word: words }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('distrust' as const), regions: fc.subarray(['eu', 'us', 'ap']) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('certificates' as const),
      daysLeft: fc.array(fc.constantFrom(null, -1, 3, 5, 13, 60), { minLength: 3, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom<ChangeKind>('edit', 'rename', 'pause', 'acknowledge', 'manual', 'maintain'),
    }),
  },
);

/** Votes on the newest rounds, confirming ones included; some come late. */
function answer(rehearsal: Rehearsal, { back, word }: { readonly back: number; readonly word: string }): void {
  const checks = rehearsal.journal.flatMap(({ input }) => (input.kind === 'check' ? [input.check] : []));
  const rounds: Position[] = [...checks, ...rehearsal.confirmations];
  rounds.sort((left, right) => right.dueAt - left.dueAt);
  const round = rounds[back];
  if (round !== undefined) rehearsal.castWord(round, word);
}

function change(rehearsal: Rehearsal, kind: ChangeKind): void {
  const { monitor } = rehearsal;
  if (kind === 'edit' && monitor.type === 'http') {
    rehearsal.edit({ http: { ...monitor.http, url: `https://${monitor.version}.example.com/` } });
  }
  if (kind === 'rename') rehearsal.edit({ name: `Shop ${monitor.version}` });
  if (kind === 'pause') rehearsal.edit({ paused: !monitor.paused });
  if (kind === 'maintain') rehearsal.maintain(!rehearsal.underMaintenance);
  if (kind === 'manual') rehearsal.announce({ dueAt: rehearsal.now, kind: 'manual' });
  if (kind === 'acknowledge') acknowledge(rehearsal);
}

function acknowledge(rehearsal: Rehearsal): void {
  const { incident, certificateWarning } = rehearsal.state;
  for (const open of [incident, certificateWarning]) {
    if (open !== null) rehearsal.take({ kind: 'acknowledge', incidentId: open.incidentId, by: 'ada' });
  }
}

/** As a partition does: whoever waits for a vote that does not count any more is looked at again. */
function distrust(rehearsal: Rehearsal, regions: readonly string[]): void {
  rehearsal.quarantined = new Set(regions);
  rehearsal.take({ kind: 'tick' });
}

function present(rehearsal: Rehearsal, daysLeft: readonly (number | null)[]): void {
  const seen = rehearsal.registered.flatMap((region, index) => {
    const days = daysLeft[index] ?? null;
    return days === null ? [] : [[region, certificateOf(days)] as const];
  });
  rehearsal.certificates = Object.fromEntries(seen);
}

function play(rehearsal: Rehearsal, action: Action): void {
  switch (action.kind) {
    case 'pass':
      return rehearsal.pass(action.ms);
    case 'round':
      rehearsal.pass(1);
      return void rehearsal.begin(action.word);
    case 'answer':
      return answer(rehearsal, action);
    case 'distrust':
      return distrust(rehearsal, action.regions);
    case 'certificates':
      return present(rehearsal, action.daysLeft);
    default:
      return change(rehearsal, action.kind);
  }
}

const streamOrders = fc.constantFrom('as-heard' as const, 'check' as const, 'vote' as const);
const scripts = fc.array(actions, { minLength: 5, maxLength: 60 });
const scene = () => new Rehearsal({ decision: { confirmations: 2 }, settings: { reminderMinutes: 1 } });

describe('a successor', () => {
  it('that restores the state and reads the streams again repeats nothing', () => {
    fc.assert(
      fc.property(scripts, streamOrders, (script, first) => {
        const rehearsal = scene();
        for (const action of script) play(rehearsal, action);
        const effectCount = rehearsal.effects.length;
        rehearsal.restart(first);
        expect(rehearsal.effects.slice(effectCount)).toEqual([]);
      }),
    );
  });

  it('goes on as its predecessor would have, wherever it takes over', () => {
    fc.assert(
      fc.property(scripts, fc.nat(60), streamOrders, (script, takenOverAfter, first) => {
        const live = scene();
        const restored = scene();
        for (const [index, action] of script.entries()) {
          play(live, action);
          play(restored, action);
          if (index === takenOverAfter) restored.restart(first);
        }
        live.pass(120_000);
        restored.pass(120_000);
        expect(restored.effects).toEqual(live.effects);
        expect(restored.state).toEqual(live.state);
      }),
    );
  });

  it('finds a state that its schema takes', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const rehearsal = scene();
        for (const action of script) play(rehearsal, action);
        expect(monitorStateSchema.parse(JSON.parse(JSON.stringify(rehearsal.state)))).toEqual(rehearsal.state);
      }),
    );
  });
});

function alertsOf(rehearsal: Rehearsal, subject: Alert['subject']): Alert[] {
  return rehearsal.alerts.filter((alert) => alert.subject === subject);
}

describe('whatever happens', () => {
  it('each incident is opened once and resolved at most once, and no two are open at a time', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const rehearsal = scene();
        for (const action of script) play(rehearsal, action);
        for (const subject of ['monitor', 'certificate'] as const) {
          let open: string | null = null;
          for (const { incidentId, transition } of alertsOf(rehearsal, subject)) {
            if (transition === 'opened') expect(open).toBeNull();
            else expect(incidentId).toBe(open);
            open = transition === 'resolved' ? null : incidentId;
          }
        }
        const names = rehearsal.alerts.map(({ alertId }) => alertId);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('no incident opens without enough rounds that a majority saw down', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const rehearsal = scene();
        for (const action of script) play(rehearsal, action);
        for (const alert of alertsOf(rehearsal, 'monitor').filter(({ transition }) => transition === 'opened')) {
          expect(alert.regions.length).toBeGreaterThanOrEqual(2);
          expect(alert.regions.length).toBeGreaterThan(alert.expectedRegions.length / 2);
          expect(alert.expectedRegions.length).toBeGreaterThanOrEqual(2);
          expect(alert.firstFailureAt).toBeLessThan(alert.openedAt);
        }
      }),
    );
  });

  it('no warning opens unless most regions see that certificate expire soon, and none twice without an edit', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const rehearsal = scene();
        for (const action of script) play(rehearsal, action);
        const opened = alertsOf(rehearsal, 'certificate').filter(({ transition }) => transition === 'opened');
        for (const { regions, expectedRegions, votes, certificate } of opened) {
          expect(regions.length).toBeGreaterThan(expectedRegions.length / 2);
          expect(regions.length).toBeGreaterThanOrEqual(2);
          expect(certificate?.warning).toBe(true);
          const seen = votes.filter((vote) => regions.includes(vote.region));
          expect(seen.every((vote) => vote.certificate?.warning === true && vote.certificate.daysLeft >= 0)).toBe(true);
        }
        const isEdited = script.some(({ kind }) => kind === 'edit');
        const ends = opened.map(({ certificate }) => certificate?.notAfter);
        if (!isEdited) expect(new Set(ends).size).toBe(ends.length);
      }),
    );
  });

  it('each round is closed once', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const rehearsal = scene();
        for (const action of script) play(rehearsal, action);
        const rounds = rehearsal.closed.map(({ kind, dueAt }) => `${kind} ${dueAt}`);
        expect(new Set(rounds).size).toBe(rounds.length);
      }),
    );
  });
});
