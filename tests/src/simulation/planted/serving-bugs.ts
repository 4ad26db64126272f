/** Bugs in how the services do their work: as owners of partitions, by the clock, and towards channels. */
import type { PlantedBug } from './planted-bug.ts';

const cluster = 'libs/testing/src/cluster';

export const ownership: readonly PlantedBug[] = [
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

export const scheduling: readonly PlantedBug[] = [
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

export const succeeding: readonly PlantedBug[] = [
  {
    name: 'a scheduler takes what comes due shortly after its predecessor’s last round for written',
    foundBy: 'the scheduler’s partition',
    patches: [
      {
        path: 'apps/scheduler/src/position.ts',
        find: 'return Math.min(dueAtOf(newest.value) ?? newest.appendedAt, now);',
        replace: 'return Math.min(dueAtOf(newest.value) ?? newest.appendedAt, now) + 5_000;',
      },
    ],
  },
  {
    name: 'a dispatcher takes what its predecessor has delivered for pending',
    foundBy: 'the dispatcher’s partition',
    patches: [
      {
        path: 'apps/dispatcher/src/deliveries.handler.ts',
        find: "if (phase === 'restore' || known === undefined) {",
        replace: [
          "if (phase === 'restore' && value.state === 'delivered') {",
          "  partition.accept({ ...value, state: 'pending' }, headers);",
          '  return [];',
          '}',
          "if (phase === 'restore' || known === undefined) {",
        ].join('\n'),
      },
    ],
  },
];

export const listening: readonly PlantedBug[] = [
  {
    name: 'a scheduler that was frozen asks nobody, since it has heard nobody',
    patches: [
      {
        path: 'apps/scheduler/src/settled-regions.ts',
        find: 'return this.#settled && this.#hasHeardAgain(now);',
        replace: 'return this.#settled;',
      },
    ],
  },
];

export const storming: readonly PlantedBug[] = [
  {
    name: 'the storm brake lets one page too many through',
    patches: [
      {
        path: 'libs/alerting/src/opening-gauge.ts',
        find: 'if (others.size >= openedMax) return true;',
        replace: 'if (others.size > openedMax) return true;',
      },
    ],
  },
  {
    name: 'a roll-up is over with the first of its members',
    patches: [
      {
        path: 'libs/alerting/src/storm-message.ts',
        find: "if (storm.unresolvedCount === 0) return 'resolved';",
        replace: "if (storm.unresolvedCount < storm.members.size || storm.unresolvedCount === 0) return 'resolved';",
      },
    ],
  },
];

export const sending: readonly PlantedBug[] = [
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
