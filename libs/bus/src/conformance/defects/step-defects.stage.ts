/** Engines whose steps are not what they must be: all or nothing, one at a time, one owner. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableLog, Membership, OutgoingRecord, Step } from '../../log.ts';
import { altered, withSteps, withTasks, type Defect } from './defect.stage.ts';

const tornForMs = 300;

async function appendAll(log: DurableLog, records: readonly OutgoingRecord[]): Promise<void> {
  for (const record of records) await log.append([record]);
}

/** Outputs go their own way before the offsets do; a zombie's as well. */
function writesOutsideTheStep(log: DurableLog): DurableLog {
  return withSteps(log, async (step, _gathering, { definition }) => {
    const isState = ({ topic }: OutgoingRecord) => topic === definition.stateTopic;
    await appendAll(
      log,
      step.records.filter((record) => !isState(record)),
    );
    if (step.records.length > 0) await sleep(tornForMs);
    return { ...step, records: step.records.filter(isState) };
  });
}

/** The records count as consumed before the step has dealt with them. */
function commitsFirst(log: DurableLog): DurableLog {
  return withTasks(log, (task) => {
    let running: Promise<Step> = Promise.resolve({ records: [] });
    return {
      step: async (gathering) => {
        const step = await running;
        running = Promise.resolve(task.step(gathering));
        return step;
      },
    };
  });
}

function stopsAllWhenOneFails(log: DurableLog): DurableLog {
  let hasFailed = false;
  return withTasks(log, (task) => ({
    step: async (gathering) => {
      if (hasFailed) throw new Error('another has failed');
      try {
        return await task.step(gathering);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    },
  }));
}

function dropsTheRunningStep(log: DurableLog): DurableLog {
  let isLeaving = false;
  const stepping = withSteps(log, (step) => (isLeaving ? { records: [], resumeFrom: {} } : step));
  return altered(stepping, {
    join: async (definition) => {
      const membership = await stepping.join(definition);
      const leave = () => {
        isLeaving = true;
        return membership.leave();
      };
      return Object.create(membership, { leave: { value: leave } }) as Membership;
    },
  });
}

/** Leaves when the steps that run have ended, whenever that is. */
function waitsForEver(log: DurableLog): DurableLog {
  const running = new Set<Promise<Step>>();
  const stepping = withTasks(log, (task) => ({
    step: (gathering) => {
      const step = Promise.resolve(task.step(gathering));
      running.add(step);
      return step.finally(() => running.delete(step));
    },
  }));
  return altered(stepping, {
    join: async (definition) => {
      const membership = await stepping.join(definition);
      const leave = () => Promise.all(running).then(() => membership.leave());
      return Object.create(membership, { leave: { value: leave } }) as Membership;
    },
  });
}

export const stepDefects: readonly Defect[] = [
  {
    name: 'never calls committed',
    noticedBy: ['never runs two steps of one task at a time'],
    breakLog: (log) => withSteps(log, ({ committed: _, ...step }) => step),
  },
  {
    name: 'writes everything into the first partition',
    noticedBy: ['writes what a step says'],
    breakLog: (log) =>
      withSteps(log, (step) => ({ ...step, records: step.records.map((record) => ({ ...record, partition: 0 })) })),
  },
  {
    name: 'calls committed before the commit',
    noticedBy: ['has every output in the log when committed'],
    breakLog: (log) =>
      withSteps(log, ({ committed, ...step }) => {
        committed?.();
        return step;
      }),
  },
  {
    name: 'takes a step that rejects as done',
    noticedBy: ['discards the task whose step rejects'],
    breakLog: (log) =>
      withTasks(log, (task) => ({
        step: async (gathering) => {
          try {
            return await task.step(gathering);
          } catch {
            return { records: [] };
          }
        },
      })),
  },
  {
    name: 'writes outputs outside the step',
    noticedBy: [
      'leaves nothing of a step that fails half way',
      'never shows what failed steps wrote',
      'has state, outputs and offsets of the same steps',
      'refuses the step of an owner',
    ],
    breakLog: writesOutsideTheStep,
  },
  {
    name: 'rests also when something has arrived',
    noticedBy: ['leaves a task alone that may rest'],
    breakLog: (log) =>
      altered(log, { join: (definition) => log.join({ ...definition, gatherMs: definition.restMs ?? 20 }) }),
  },
  { name: 'stops every task when one fails', noticedBy: ['keeps a partition going'], breakLog: stopsAllWhenOneFails },
  {
    name: 'commits offsets before the step is done',
    noticedBy: ['hands over again what a killed process'],
    breakLog: commitsFirst,
  },
  {
    name: 'drops the step that runs when a member leaves',
    noticedBy: ['lets the step that is running end'],
    breakLog: dropsTheRunningStep,
  },
  {
    name: 'waits for ever for a step that does not end',
    noticedBy: ['waits only so long for a step'],
    breakLog: waitsForEver,
  },
];
