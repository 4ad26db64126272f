/**
 * Bugs that somebody could make, each as the few lines that would make it. A simulation that can't find them proves
 * nothing by finding none.
 */
import type { Patch } from './patch.ts';

export interface PlantedBug {
  /** Unique. */
  readonly name: string;
  readonly patches: readonly Patch[];
}

const consensus = 'libs/consensus/src';
const cluster = 'libs/testing/src/cluster';

const ownership: readonly PlantedBug[] = [
  {
    name: 'no fencing: a new owner begins while its predecessor may still write',
    patches: [
      {
        path: `${cluster}/simulated-broker.ts`,
        find: 'const epoch = (this.#epochs.get(transactionalId) ?? 0) + 1;',
        replace: 'const epoch = this.#epochs.get(transactionalId) ?? 1;',
      },
    ],
  },
  {
    name: 'the write of a stale owner is accepted',
    patches: [
      {
        path: `${cluster}/simulated-broker.ts`,
        find: 'if (this.#epochs.get(transactionalId) !== epoch) throw',
        replace: 'if (epoch < 0 || !this.#epochs.has(transactionalId)) throw',
      },
    ],
  },
  {
    name: 'offsets are committed before the state',
    patches: [
      {
        path: `${cluster}/simulated-broker.ts`,
        find: 'this.#begun(producer).offsets.push(() => this.#move(group, partition, offsets));',
        replace: 'this.#begun(producer);\n    this.#move(group, partition, offsets);',
      },
    ],
  },
  {
    name: 'a step whose outcome is unclear keeps its memory',
    patches: [
      {
        path: 'libs/bus/src/task-runner.ts',
        find: 'await session.commit(step, taken.positions);',
        replace: 'await session.commit(step, taken.positions).catch(() => undefined);',
      },
    ],
  },
];

const voting: readonly PlantedBug[] = [
  {
    name: 'votes of two rounds are mixed',
    patches: [
      {
        path: `${consensus}/memory.ts`,
        find: 'return windows.find((window) => isSameRound(window, round));',
        replace:
          'return windows.find((window) => isSameRound(window, round)) ?? windows.find(({ check }) => check !== null);',
      },
    ],
  },
  {
    name: 'windows are closed before the votes are read again',
    patches: [
      {
        path: `${consensus}/decide.ts`,
        find: "const mayTimeEnd = context.caughtUp && input.kind === 'tick';",
        replace: "const mayTimeEnd = input.kind === 'tick';",
      },
      {
        path: 'apps/aggregator/src/aggregator-partition.ts',
        find: 'if (task.caughtUp) this.#decideDue(task);',
        replace: 'this.#decideDue(task);',
      },
    ],
  },
  {
    name: 'half of the voters are a majority',
    patches: [
      {
        path: `${consensus}/tally.ts`,
        find: 'Math.floor(count / 2) + 1',
        replace: 'Math.ceil(count / 2)',
      },
    ],
  },
  {
    name: 'a late vote counts',
    patches: [
      { path: `${consensus}/vote-window.ts`, find: 'appendedAt <= closesAtOf(check) &&', replace: 'appendedAt > 0 &&' },
    ],
  },
  {
    name: 'a vote that comes twice counts twice',
    patches: [
      {
        path: `${consensus}/vote-window.ts`,
        find: 'if (heap.has(region) || heap.size >= votesMax)',
        replace: 'if (heap.size >= votesMax)',
      },
      {
        path: `${consensus}/vote-window.ts`,
        find: 'new Map(heap).set(region, heard)',
        replace: 'new Map(heap).set(heap.has(region) ? `${region}-${heap.size}` : region, heard)',
      },
    ],
  },
  {
    name: 'who abstains has seen it down',
    patches: [
      {
        path: `${consensus}/ruling.ts`,
        find: "Number(outcome === 'down')",
        replace: "Number(outcome !== 'up')",
      },
    ],
  },
  {
    name: 'who did not answer has seen it down',
    patches: [
      {
        path: `${consensus}/ruling.ts`,
        find: 'verdict = outcomeOf(count, quorum);',
        replace: 'verdict = outcomeOf({ ...count, downCount: count.downCount + count.outstandingCount }, quorum);',
      },
    ],
  },
];

const alerting: readonly PlantedBug[] = [
  {
    name: 'an alert’s ID is made by chance',
    patches: [
      {
        path: 'libs/contracts/src/identifiers.ts',
        find: 'return `${incidentId}:${transition}:${sequence}`;',
        replace: 'return `${incidentId}:${transition}:${sequence + Math.floor(Math.random() * 1_000_000)}`;',
      },
    ],
  },
  {
    name: 'the count of confirmations is lost at a restore',
    patches: [
      {
        path: `${consensus}/memory.ts`,
        find: 'return { monitorId: state.monitorId, monitor: null, state, windows };',
        replace: 'return { monitorId: state.monitorId, monitor: null, state: { ...state, turn: null }, windows };',
      },
    ],
  },
  {
    name: 'the first down verdict opens an incident',
    patches: [
      {
        path: `${consensus}/course.ts`,
        find: "return towards === 'down' ? check.decision.confirmations : check.decision.recoveries;",
        replace: "return towards === 'down' ? 1 : check.decision.recoveries;",
      },
    ],
  },
  {
    name: 'an incident is forgotten when its monitor is deleted',
    patches: [
      {
        path: `${consensus}/life-cycle.ts`,
        find: "abandonIncident(work, 'deleted');",
        replace: '',
      },
    ],
  },
];

const scheduling: readonly PlantedBug[] = [
  {
    name: 'missed rounds are not accounted for',
    patches: [
      {
        path: 'libs/schedule/src/round-schedule.ts',
        find: 'return dueCountIn(entry.cadence, { after, until: dueAt - 1 });',
        replace: 'return 0 * dueCountIn(entry.cadence, { after, until: dueAt - 1 });',
      },
    ],
  },
  {
    name: 'a scheduler names rounds by the time at which it writes them',
    patches: [
      {
        path: 'apps/scheduler/src/rounds.loop.ts',
        find: 'const checks = due.map((monitor) => checkOfRound(monitor, known));',
        replace: 'const checks = due.map((monitor) => ({ ...checkOfRound(monitor, known), dueAt: now }));',
      },
    ],
  },
  {
    name: 'a scheduler begins with the present, not where its predecessor stood',
    patches: [
      {
        path: 'apps/scheduler/src/position.ts',
        find: 'return Math.min(dueAtOf(newest.value) ?? newest.appendedAt, now);',
        replace: 'return Math.max(dueAtOf(newest.value) ?? newest.appendedAt, now);',
      },
    ],
  },
];

const sending: readonly PlantedBug[] = [
  {
    name: 'a delivery is recorded as delivered before it is sent',
    patches: [
      {
        path: 'apps/dispatcher/src/delivery-step.ts',
        find: 'this.#write(leaving, this.#task.state.headersOf(delivery));',
        replace: "this.#write({ ...leaving, state: 'delivered' }, this.#task.state.headersOf(delivery));",
      },
    ],
  },
  {
    name: 'a retry changes the idempotency key',
    patches: [
      {
        path: 'apps/dispatcher/src/channels/pagerduty.channel.ts',
        find: 'dedup_key: alert.incidentId.slice(0, dedupKeyCharactersMax),',
        replace: 'dedup_key: `${alert.incidentId}${message.delivery.attemptCount || ""}`,',
      },
    ],
  },
  {
    name: 'a resolve is swallowed by a restart',
    patches: [
      {
        path: 'apps/dispatcher/src/deliveries.handler.ts',
        find: "if (phase === 'restore' || known === undefined) {",
        replace: [
          "if (phase === 'restore' && value.alert.transition === 'resolved') return [];",
          "if (phase === 'restore' || known === undefined) {",
        ].join('\n'),
      },
    ],
  },
  {
    name: 'a delivery is sent before it is known that this owner may',
    patches: [
      {
        path: 'apps/dispatcher/src/sending.loop.ts',
        find: 'const departures = [...state.lanes].flatMap((lane) => this.#depart(lane, task, step));',
        replace: [
          'const departures = [...state.lanes].flatMap((lane) => this.#depart(lane, task, step));',
          'for (const departure of departures.splice(0)) this.#start(departure, state);',
        ].join('\n'),
      },
    ],
  },
  {
    name: 'a try that failed is not made again',
    patches: [
      {
        path: 'libs/alerting/src/delivery-state.ts',
        find: "if (result.outcome === 'accepted') return",
        replace: "if (result.outcome !== 'refused') return",
      },
    ],
  },
  {
    name: 'a resolve does not wait for its trigger',
    patches: [
      {
        path: 'libs/alerting/src/incident-line.ts',
        find: "return line.find(({ state }) => state === 'pending');",
        replace: "return line.findLast(({ state }) => state === 'pending');",
      },
    ],
  },
];

export const bugs: readonly PlantedBug[] = [...ownership, ...voting, ...alerting, ...scheduling, ...sending];
