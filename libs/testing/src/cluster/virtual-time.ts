/**
 * Time that passes only from event to event. Between two events everything runs that needs no time: promises and
 * ticks of the host's event loop, of which nothing else may be pending.
 */
import type { Instant } from '@quorate/contracts';

/** Taken before anyone puts a virtual one in its place. */
const hostImmediate = setImmediate;

/** So many events are handed to the event loop at once; it runs what promises are due between each two. */
const eventsAtOnce = 512;

interface Event {
  readonly at: Instant;
  readonly sequence: number;
  /** Leaves no promise behind: the next event need not wait for the event loop. */
  readonly isPlain: boolean;
  /** Null once it was called off. */
  action: (() => void) | null;
}

function isBefore(left: Event, right: Event): boolean {
  return left.at < right.at || (left.at === right.at && left.sequence < right.sequence);
}

/** A binary heap; events of one instant come in the order of their making. */
class EventQueue {
  readonly #heap: Event[] = [];

  first(): Event | undefined {
    return this.#heap[0];
  }

  push(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  pop(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#earlier(left, left + 1);
      const below = heap[child];
      if (below === undefined || !isBefore(below, event)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = event;
  }

  #earlier(left: number, right: number): number {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    return one !== undefined && other !== undefined && isBefore(other, one) ? right : left;
  }
}

export class VirtualTime {
  readonly #queue = new EventQueue();
  #now: Instant;
  #sequence = 0;
  #eventCount = 0;

  constructor(now: Instant) {
    this.#now = now;
  }

  /** The true time. */
  get now(): Instant {
    return this.#now;
  }

  /** How many events have happened. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** Runs `action` once after `delayMs`; the function that it returns calls it off. */
  after(delayMs: number, action: () => void): () => void {
    const event = this.#plan(delayMs, action, false);
    return () => {
      event.action = null;
    };
  }

  /** The same for what settles no promise and calls nobody who might: it costs less. */
  afterPlainly(delayMs: number, action: () => void): void {
    this.#plan(delayMs, action, true);
  }

  /** Lets time pass up to `until`, or until `isOver` says so. @throws what an event throws. */
  run(until: Instant, isOver: () => boolean = () => false): Promise<void> {
    return new Promise((resolve, reject) => {
      let isEnded = false;
      const end = (error?: unknown) => {
        isEnded = true;
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('An event threw what is no error', { cause: error }));
      };
      const one = () => {
        if (isEnded) return;
        try {
          let happened: Event | null;
          do happened = isOver() ? null : this.#happen(until);
          while (happened?.isPlain === true);
          if (happened === null) end();
        } catch (error) {
          end(error);
        }
      };
      const batch = () => {
        if (isEnded) return;
        for (let index = 0; index < eventsAtOnce; index++) hostImmediate(one);
        hostImmediate(batch);
      };
      hostImmediate(batch);
    });
  }

  #plan(delayMs: number, action: () => void, isPlain: boolean): Event {
    const event: Event = { at: this.#now + Math.max(0, delayMs), sequence: this.#sequence++, isPlain, action };
    this.#queue.push(event);
    return event;
  }

  /** The next event, if there is one up to `until`; else the time moves there. */
  #happen(until: Instant): Event | null {
    let event = this.#queue.first();
    while (event?.action === null) {
      this.#queue.pop();
      event = this.#queue.first();
    }
    if (event === undefined || event.at > until) {
      this.#now = Math.max(this.#now, until);
      return null;
    }
    this.#queue.pop();
    this.#now = event.at;
    this.#eventCount++;
    event.action();
    return event;
  }
}
