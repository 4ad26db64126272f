/**
 * Puts stand-ins in the place of what Node lends every module: time, timers and chance. While a run is under way they
 * are those of the process whose code is running; without one they are Node's own.
 */
import { currentHost, type Random, type SimulatedHost } from '@quorate/testing';

/** What is real, for the time without a run. */
const real = { Date, performance, setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
const realRandom = Math.random.bind(Math);

/** The chance of the run that is under way; null without one. */
let chance: Random | null = null;

/** @throws when code asks for a clock, a timer or a lot while no process is running: something leaked. */
function host(what: string): SimulatedHost {
  const found = currentHost();
  if (found === null) throw new Error(`${what} was asked for outside of any simulated process`);
  return found;
}

class VirtualTimer {
  readonly #callOff: () => void;

  constructor(callOff: () => void) {
    this.#callOff = callOff;
  }

  end(): void {
    this.#callOff();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return false;
  }
}

function virtualTimeout(action: (...values: unknown[]) => void, delayMs = 0, ...values: unknown[]): VirtualTimer {
  return new VirtualTimer(host('A timer').after(Math.max(1, delayMs), () => action(...values)));
}

function virtualInterval(action: (...values: unknown[]) => void, periodMs = 1, ...values: unknown[]): VirtualTimer {
  const owner = host('A timer');
  let callOff: () => void = () => undefined;
  const again = () => {
    callOff = owner.after(Math.max(1, periodMs), () => {
      again();
      action(...values);
    });
  };
  again();
  return new VirtualTimer(() => callOff());
}

function virtualImmediate(action: (...values: unknown[]) => void, ...values: unknown[]): VirtualTimer {
  return new VirtualTimer(host('An immediate').after(0, () => action(...values)));
}

/** Node's own, where no run is under way; and for a timer that is Node's own. */
function ending(endReal: (timer: never) => void): (timer: unknown) => void {
  return (timer) => {
    if (timer instanceof VirtualTimer) timer.end();
    else endReal(timer as never);
  };
}

class VirtualDate extends real.Date {
  constructor(...values: [] | [number | string | Date]) {
    if (values.length > 0) super(...(values as [number]));
    else super(VirtualDate.now());
  }

  static override now(): number {
    return chance === null ? real.Date.now() : host('The time').now();
  }
}

const virtualPerformance = {
  timeOrigin: 0,
  /** A clock that nobody can set. */
  now: () => (chance === null ? real.performance.now() : host('The time').elapsed()),
};

function virtualTimeoutSignal(delayMs: number): AbortSignal {
  const controller = new AbortController();
  host('A timer').after(delayMs, () => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  });
  return controller.signal;
}

type Action = (...values: unknown[]) => void;

/** From here on every module sees the stand-ins. To be called once, when all modules are loaded. */
export function installVirtualGlobals(): void {
  Object.assign(globalThis, {
    Date: VirtualDate,
    setTimeout: (action: Action, ...rest: [number?, ...unknown[]]) =>
      chance === null ? real.setTimeout(action, ...rest) : virtualTimeout(action, ...rest),
    setInterval: (action: Action, ...rest: [number?, ...unknown[]]) =>
      chance === null ? real.setInterval(action, ...rest) : virtualInterval(action, ...rest),
    setImmediate: (action: Action, ...values: unknown[]) =>
      chance === null ? real.setImmediate(action, ...values) : virtualImmediate(action, ...values),
    clearTimeout: ending(real.clearTimeout),
    clearInterval: ending(real.clearInterval),
    clearImmediate: ending(real.clearImmediate),
  });
  Object.defineProperty(globalThis, 'performance', { value: virtualPerformance, configurable: true });
  Math.random = () => (chance === null ? realRandom() : chance.unit());
  const realTimeoutSignal = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (delayMs) => (chance === null ? realTimeoutSignal(delayMs) : virtualTimeoutSignal(delayMs));
}

/** Lets `action` have its chance from `random`, and its time from its processes. */
export async function withVirtualGlobals<Result>(random: Random, action: () => Promise<Result>): Promise<Result> {
  chance = random;
  try {
    return await action();
  } finally {
    chance = null;
  }
}
