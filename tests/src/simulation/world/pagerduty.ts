/** A simulated PagerDuty: it takes events, or fails to in each way that a network and a busy service know. */
import type { Instant } from '@quorate/contracts';
import type { Random, SimulatedHost, VirtualTime } from '@quorate/testing';
import type { CallListener, OutgoingCall, Receiver, ReceiverAnswer } from '../host/receiver-of-run.ts';
import { channelIdOf } from './directory-records.ts';
import type { Conditions } from './conditions.ts';
import type { Ledger } from './ledger.ts';
import type { PagerDutyMood } from './scenario.ts';

interface Event {
  readonly routing_key: string;
  readonly event_action: string;
  readonly dedup_key: string;
}

interface Reaction {
  readonly accepts: boolean;
  /** Null: the connection breaks. Undefined: nothing ever comes. */
  readonly answer: ReceiverAnswer | null | undefined;
}

const accepted: Reaction = { accepts: true, answer: { statusCode: 202, headers: {}, body: '{"status":"success"}' } };

function answering(statusCode: number, headers: Record<string, string> = {}): Reaction {
  return { accepts: false, answer: { statusCode, headers, body: '' } };
}

const reactions: Readonly<Record<PagerDutyMood, (random: Random) => Reaction>> = {
  refuses: (random) => answering(random.pick([500, 502, 503])),
  'has too many': (random) =>
    answering(429, random.chance(0.5) ? { 'retry-after': String(random.between(1, 20)) } : {}),
  resets: () => ({ accepts: false, answer: null }),
  hangs: () => ({ accepts: false, answer: undefined }),
  'accepts and resets': () => ({ accepts: true, answer: null }),
  'accepts and hangs': () => ({ accepts: true, answer: undefined }),
};

export interface PagerDutySettings {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly conditions: Conditions;
}

export class SimulatedPagerDuty implements Receiver {
  readonly #settings: PagerDutySettings;
  #moods: { readonly mood: PagerDutyMood; readonly until: Instant }[] = [];

  constructor(settings: PagerDutySettings) {
    this.#settings = settings;
  }

  /** Most calls fare so until then. */
  be(mood: PagerDutyMood, until: Instant): void {
    this.#moods.push({ mood, until });
  }

  take(host: SimulatedHost, call: OutgoingCall, listener: CallListener): () => void {
    const { random, conditions, time } = this.#settings;
    const begunAt = time.now;
    let isHungUp = false;
    if (conditions.springs(host, 'send', 'before')) return () => undefined;
    const [connectMs, wayMs] = [random.between(5, 60), random.between(5, 60)];
    // Name, connection and TLS need the process; the request then finds its way alone.
    const send = () => {
      if (isHungUp) return;
      time.after(wayMs, () => {
        this.#arrive({ host, begunAt, event: JSON.parse(call.body) as Event }, listener);
      });
    };
    time.after(connectMs, () => host.arrive(send));
    return () => {
      isHungUp = true;
    };
  }

  #arrive(
    { host, begunAt, event }: { host: SimulatedHost; begunAt: Instant; event: Event },
    listener: CallListener,
  ): void {
    const { random, ledger, conditions, time } = this.#settings;
    const { accepts, answer } = this.#react(host.name);
    if (accepts) conditions.springs(host, 'send', 'after');
    const { event_action: action, dedup_key: dedupKey, routing_key: routingKey } = event;
    const answered = answer !== null && answer !== undefined && !host.isDead;
    const page = {
      at: time.now,
      begunAt,
      channelId: channelIdOf(routingKey),
      action,
      dedupKey,
      accepted: accepts,
      answered,
    };
    ledger.pages.push({ ...page, from: host.name });
    ledger.trace.say(time.now, `PAGE ${accepts ? 'accepted' : 'not taken'} ${action} ${dedupKey} from ${host.name}`);
    if (answer === undefined) return;
    time.after(random.between(5, 300), () => {
      host.arrive(() => {
        if (answer === null) listener.failed(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }));
        else listener.answered(answer);
      });
    });
  }

  #react(from: string): Reaction {
    const { random, ledger, time } = this.#settings;
    const mood = this.#moods.find(({ until }) => time.now < until)?.mood;
    if (mood === undefined || random.chance(0.2)) return accepted;
    ledger.count(`pagerduty ${mood}`, time.now, from);
    return reactions[mood](random);
  }
}
