/** Bugs in what is decided: by votes, about incidents, and at a monitor's end. */
import type { PlantedBug } from './planted-bug.ts';

const consensus = 'libs/consensus/src';

export const voting: readonly PlantedBug[] = [
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
        path: `${consensus}/rounds.ts`,
        find: 'return mayTimeEnd && context.heardUntil >= closesAtOf(check);',
        replace: 'return mayTimeEnd && context.now >= closesAtOf(check);',
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

export const alerting: readonly PlantedBug[] = [
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
        find: 'return { ...emptyMemory(state.monitorId), state, windows };',
        replace: 'return { ...emptyMemory(state.monitorId), state: { ...state, turn: null }, windows };',
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

export const hearing: readonly PlantedBug[] = [
  {
    name: 'the one voter of a job’s monitor is no quorum',
    patches: [
      {
        path: `${consensus}/tally.ts`,
        find: '(registeredCount >= floor ? floor : 1)',
        replace: '(registeredCount >= 0 ? floor : 1)',
      },
    ],
  },
];

export const distrusting: readonly PlantedBug[] = [
  {
    name: 'who lies about most monitors keeps its vote',
    foundBy: 'which has lied since',
    patches: [
      {
        path: `${consensus}/quarantine.ts`,
        find: 'return comparedCount >= quarantineSampleMin && atOddsCount * 2 > comparedCount;',
        replace: 'return comparedCount >= quarantineSampleMin && atOddsCount > comparedCount;',
      },
    ],
  },
  {
    name: 'who has lost its vote decides all the same',
    patches: [
      {
        path: `${consensus}/ruling.ts`,
        find: 'if (quarantinedRegions.includes(region)) continue;',
        replace: '',
      },
    ],
  },
  {
    name: 'who tells the truth again is distrusted all the same',
    foundBy: 'which has told the truth since',
    patches: [
      {
        path: `${consensus}/contradiction.ts`,
        find: 'return agrees ? 0 :',
        replace: 'return agrees ? (before ?? 0) :',
      },
    ],
  },
];

export const working: readonly PlantedBug[] = [
  {
    name: 'maintenance holds nothing back',
    patches: [
      {
        path: `${consensus}/incident.ts`,
        find: 'if (work.state.maintenance) change(work, { heldIncident: incident });',
        replace: 'if (work.state.seenUp === null) change(work, { heldIncident: incident });',
      },
    ],
  },
  {
    name: 'who takes a monitor over under maintenance does not look at it before it has caught up',
    foundBy: 'was told while the monitor was under maintenance',
    patches: [
      {
        path: `${consensus}/decide.ts`,
        find: 'if (isKnown(work)) observeMaintenance(work);',
        replace: 'if (isKnown(work) && context.caughtUp) observeMaintenance(work);',
      },
    ],
  },
  {
    name: 'an incident is resolved while its target flaps',
    foundBy: 'was told while the target was flapping',
    patches: [
      {
        path: `${consensus}/course.ts`,
        find: 'return isFlapping(state.recentVerdicts, state.flapping);',
        replace: "return isFlapping('', false);",
      },
    ],
  },
  {
    name: 'what outlasts a maintenance window is never told',
    patches: [
      {
        path: `${consensus}/maintenance.ts`,
        find: 'if (!maintenance && heldIncident !== null) tellOfIncident',
        replace: 'if (maintenance && heldIncident !== null) tellOfIncident',
      },
    ],
  },
];

export const endings: readonly PlantedBug[] = [
  {
    name: 'a deleted monitor’s open rounds end without a word',
    patches: [
      {
        path: `${consensus}/life-cycle.ts`,
        find: 'breakOff(work);',
        replace: '',
      },
    ],
  },
  {
    name: 'a deleted monitor’s rounds are taken once more by who reads them again',
    patches: [
      {
        path: `${consensus}/life-cycle.ts`,
        find: 'work.deletedAt = work.context.now;',
        replace: '',
      },
    ],
  },
];
