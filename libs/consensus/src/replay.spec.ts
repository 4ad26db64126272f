import { describe, expect, it } from '@jest/globals';
import { monitorStateSchema } from '@quorate/contracts';
import fc from 'fast-check';
import { Rehearsal } from './rehearsal.ts';
import type { Position } from './vote-window.ts';

fc.configureGlobal({ seed: 7, numRuns: 100 });

type ChangeKind = 'edit' | 'rename' | 'pause' | 'acknowledge' | 'manual' | 'maintain';

type Action =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'round'; readonly word: string }
  | { readonly kind: 'answer'; readonly back: number; readonly word: string }
  | { readonly kind: 'distrust'; readonly regions: readonly string[] }
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
  const incidentId = rehearsal.state.incident?.incidentId;
  if (kind === 'acknowledge' && incidentId !== undefined)
    rehearsal.take({ kind: 'acknowledge', incidentId, by: 'ada' });
}

/** As a partition does: whoever waits for a vote that does not count any more is looked at again. */
function distrust(rehearsal: Rehearsal, regions: readonly string[]): void {
  rehearsal.quarantined = new Set(regions);
  rehearsal.take({ kind: 'tick' });
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

describe('whatever happens', () => {
  it('each incident is opened once and resolved at most once, and no two are open at a time', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const rehearsal = scene();
        for (const action of script) play(rehearsal, action);
        let open: string | null = null;
        for (const { incidentId, transition } of rehearsal.alerts) {
          if (transition === 'opened') expect(open).toBeNull();
          else expect(incidentId).toBe(open);
          open = transition === 'resolved' ? null : incidentId;
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
        for (const alert of rehearsal.alerts.filter(({ transition }) => transition === 'opened')) {
          expect(alert.regions.length).toBeGreaterThanOrEqual(2);
          expect(alert.regions.length).toBeGreaterThan(alert.expectedRegions.length / 2);
          expect(alert.expectedRegions.length).toBeGreaterThanOrEqual(2);
          expect(alert.firstFailureAt).toBeLessThan(alert.openedAt);
        }
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
