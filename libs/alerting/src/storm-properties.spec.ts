/** Whatever opens, resolves, is sent, fails and dies in whatever order. */
import { describe, expect, it } from '@jest/globals';
import { stormBrakeSchema, type Delivery } from '@quorate/contracts';
import fc from 'fast-check';
import { ChannelRehearsal, nameOf, type Answer, type Heard } from './channel-rehearsal.stage.ts';

const monitorCount = 12;

type Move =
  | { readonly kind: 'flip' | 'acknowledge' | 'remind'; readonly monitor: number }
  | { readonly kind: 'step' | 'abort' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'crash'; readonly arrived: boolean };

const monitor = fc.nat({ max: monitorCount - 1 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('flip' as const), monitor }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('acknowledge' as const, 'remind' as const), monitor }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('step' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      answer: fc.constantFrom<Answer>('accepted', 'accepted', 'failed', 'accepted but lost'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), arrived: fc.boolean() }) },
);

/** The other side's mind does not change: what it refuses, it refused each time. */
interface Weather {
  readonly moves: readonly Move[];
  readonly refusesStorms: boolean;
  readonly refusesLists: boolean;
}

const weather: fc.Arbitrary<Weather> = fc.record({
  moves: fc.array(move, { minLength: 20, maxLength: 160, size: 'max' }),
  refusesStorms: fc.boolean(),
  refusesLists: fc.boolean(),
});

class Script {
  readonly play = new ChannelRehearsal();
  readonly violations: string[] = [];
  readonly #weather: Weather;
  readonly #incidentOf = new Map<number, string>();
  #incidentCount = 0;

  constructor(weather: Weather) {
    this.#weather = weather;
    this.play.brake = stormBrakeSchema.parse({ openedMax: 2, windowSeconds: 60 });
  }

  perform(): void {
    for (const one of this.#weather.moves) {
      this.#move(one);
      if (one.kind === 'step') this.#check();
    }
    for (const monitor of [...this.#incidentOf.keys()]) this.#flip(monitor);
    for (let turn = 0; turn < 60; turn++) {
      this.#answer('accepted');
      this.play.step();
      if (turn % 20 === 0) this.#check();
      this.play.now += 15_000;
    }
  }

  #move(one: Move): void {
    switch (one.kind) {
      case 'flip':
        return this.#flip(one.monitor);
      case 'acknowledge':
      case 'remind':
        return this.#say(one.monitor, one.kind === 'remind' ? 'reminder' : 'acknowledged');
      case 'answer':
        return this.#answer(one.answer);
      case 'wait':
        this.play.now += one.seconds * 1_000;
        return;
      case 'crash':
        return this.play.crash((delivery) => one.arrived && !this.#isRefused(delivery));
      default:
        this.play.now += 100;
        return this.play[one.kind]();
    }
  }

  #flip(monitor: number): void {
    this.play.now++;
    const incident = this.#incidentOf.get(monitor);
    if (incident === undefined) {
      const next = `${monitor}.${this.#incidentCount++}`;
      this.#incidentOf.set(monitor, next);
      this.play.open(next);
      return;
    }
    this.#incidentOf.delete(monitor);
    this.play.resolve(incident);
  }

  #say(monitor: number, transition: 'acknowledged' | 'reminder'): void {
    const incident = this.#incidentOf.get(monitor);
    if (incident !== undefined) this.play.plan(incident, transition);
  }

  #answer(answer: Answer): void {
    this.play.answer((delivery) => (this.#isRefused(delivery) ? 'refused' : answer));
  }

  #isRefused({ storm, alert }: Delivery): boolean {
    if (storm === null) return false;
    const isList = alert.transition === 'updated' || alert.transition === 'acknowledged';
    return isList ? this.#weather.refusesLists : this.#weather.refusesStorms && alert.transition === 'opened';
  }

  /** What holds at every moment. */
  #check(): void {
    const { play } = this;
    const [later, brake] = [play.now + 60_000, play.brake];
    const restored = play.restored();
    const [one, other] = [restored, play.queue].map((queue) =>
      JSON.stringify([
        queue.nextMessage(brake, later),
        queue
          .release(later)
          .map(({ deliveryId }) => deliveryId)
          .sort(),
      ]),
    );
    if (one !== other) this.violations.push(`restored: ${one}, live: ${other}`);
    const storms = Map.groupBy(
      play.deliveries.filter(({ storm }) => storm !== null),
      ({ alert }) => alert.incidentId,
    );
    const open = [...storms.values()].filter(
      (messages) => !messages.some(({ alert, state }) => alert.transition === 'resolved' || state === 'dead'),
    );
    if (open.length > 1) this.violations.push(`${open.length} open roll-ups`);
  }
}

/** What was paged is resolved, in order; a repeat is possible where an answer or a record was lost. */
const wholeStory = /^opened( opened)*( (acknowledged|reminder|updated))*( resolved)+$/;

function violationsIn(play: ChannelRehearsal): string[] {
  const heardOf = Map.groupBy(play.heard, ({ key }) => key);
  const storyOf = (key: string) =>
    heardOf
      .get(key)
      ?.map(({ transition }) => transition)
      .join(' ') ?? '';
  return play.planned.flatMap(({ state, alert, storm, rolledUpIn }) => {
    if (storm !== null) return [];
    const { incidentId, transition, at } = alert;
    const isRolledUp = state === 'rolled-up' && rolledUpIn !== null;
    const key = isRolledUp ? rolledUpIn.stormId : incidentId;
    if (!wholeStory.test(storyOf(key))) return [`${incidentId} is ${state}, heard was: ${storyOf(key)}`];
    if (!isRolledUp) return [];
    if (heardOf.has(incidentId)) return [`${incidentId} was rolled up, and said on its own: ${storyOf(incidentId)}`];
    const messages = heardOf.get(key)?.filter((message) => message.at >= at) ?? [];
    return messages.some(({ listed }) => isTold(listed, incidentId, transition))
      ? []
      : [`${alert.alertId} was not told`];
  });
}

/** As it is, or as an older incident of a monitor that has had another one since. */
function isTold(listed: Heard['listed'], incidentId: string, transition: string): boolean {
  const [monitor, number] = nameOf(incidentId).split('.').map(Number);
  return Object.entries(listed).some(([name, state]) => {
    const [otherMonitor, otherNumber] = name.split('.').map(Number);
    if (otherMonitor !== monitor || otherNumber! < number!) return false;
    return otherNumber! > number! || transition !== 'resolved' || state === 'resolved';
  });
}

describe('a channel in a storm', () => {
  it('hears of each incident once: a page and its resolve, or in a roll-up that resolves after it', () => {
    let rolledUpCount = 0;
    fc.assert(
      fc.property(weather, (given) => {
        const script = new Script(given);
        script.perform();
        const { play, violations } = script;
        expect([...violations, ...violationsIn(play)]).toEqual([]);
        expect(play.deliveries.filter(({ state }) => state === 'pending')).toEqual([]);
        rolledUpCount += play.planned.filter(({ state }) => state === 'rolled-up').length;
      }),
    );
    expect(rolledUpCount).toBeGreaterThan(300);
  });
});
