/** Engines whose gatherings, restores or positions are broken. */
import type { DurableLog, LogRecord, Step } from '../../log.ts';
import {
  altered,
  filtered,
  startOf,
  withGatherings,
  withSteps,
  withTasks,
  type Defect,
  type TaskSetting,
} from './defect.stage.ts';

const restoredMax = 2_000;

/** Whatever was appended before the group's member joined is not shown. */
function beginsAtTheEnd(log: DurableLog): DurableLog {
  const joined = altered(log, {
    join: async (definition) => {
      const lasts = await Promise.all(
        definition.streams.map(async (stream) => [stream, await log.last(stream, 0)] as const),
      );
      const ends = new Map(lasts.map(([stream, last]) => [stream, last?.offset ?? -1]));
      const keep = ({ topic, offset }: LogRecord) => offset > (ends.get(topic) ?? -1);
      return withGatherings(log, (gathering) => filtered(gathering, keep)).join(definition);
    },
  });
  return joined;
}

/** Steps of some kind leave the group at the first record that their task was given. */
function notMovingOn(log: DurableLog, isOfKind: (step: Step, setting: TaskSetting) => boolean): DurableLog {
  return withTasks(log, (task, setting) => {
    let start: Readonly<Record<string, number>> = {};
    return {
      step: async (gathering) => {
        start = { ...startOf(gathering, setting), ...start };
        const step = await task.step(gathering);
        return isOfKind(step, setting) ? { ...step, resumeFrom: start } : step;
      },
    };
  });
}

/** Offsets go wherever a step says; the engine's own are not used. */
function goesBack(log: DurableLog): DurableLog {
  const positions = new Map<string, number>();
  const external = altered(log, {
    join: (definition) =>
      log.join({
        ...definition,
        guarantee: 'external',
        createTask: (partition, wake) => ({
          ...definition.createTask(partition, wake),
          positions: () => Promise.resolve(Object.fromEntries(positions)),
        }),
      }),
  });
  return withSteps(external, (step, { records }) => {
    for (const [topic, arrived] of records) positions.set(topic, (arrived.at(-1)?.offset ?? -1) + 1);
    for (const [topic, offset] of Object.entries(step.resumeFrom ?? {})) positions.set(topic, offset);
    return step;
  });
}

/** Holds everything back until it has caught up. */
function gathersWithoutBound(log: DurableLog): DurableLog {
  return withTasks(log, (task) => {
    const held: LogRecord[] = [];
    let resumeFrom: Readonly<Record<string, number>> = {};
    return {
      step: (gathering) => {
        for (const [topic, records] of gathering.records) {
          resumeFrom = { [topic]: records[0]?.offset ?? 0, ...resumeFrom };
          held.push(...records);
        }
        if (!gathering.caughtUp) return { records: [], resumeFrom };
        return task.step({ ...gathering, records: Map.groupBy(held.splice(0), ({ topic }) => topic) });
      },
    };
  });
}

function hidesOwnWrites(log: DurableLog): DurableLog {
  const own = new Set<string>();
  const noting = withSteps(log, (step) => {
    for (const { topic, key } of step.records) own.add(`${topic} ${key}`);
    return step;
  });
  return withGatherings(noting, (gathering) => filtered(gathering, ({ topic, key }) => !own.has(`${topic} ${key}`)));
}

export const taskDefects: readonly Defect[] = [
  {
    name: 'begins new groups at the end',
    noticedBy: ['begins at the first record for a group', 'begins at the first record where an external'],
    breakLog: beginsAtTheEnd,
  },
  {
    name: 'does not move on with steps that write nothing',
    noticedBy: ['goes on where the group stood'],
    breakLog: (log) => notMovingOn(log, ({ records }) => records.length === 0),
  },
  {
    name: 'steps only when something arrives',
    noticedBy: ['calls a task also when nothing arrives', 'says caught up when there is nothing'],
    breakLog: (log) =>
      withTasks(log, (task) => ({
        step: (gathering) => (gathering.records.size === 0 ? { records: [] } : task.step(gathering)),
      })),
  },
  {
    name: 'is deaf to wakes',
    noticedBy: ['takes a step soon after a wake'],
    breakLog: (log) =>
      altered(log, {
        join: (definition) =>
          log.join({ ...definition, createTask: (partition) => definition.createTask(partition, () => undefined) }),
      }),
  },
  {
    name: 'is deaf to wakes while a step runs',
    noticedBy: ['hears a wake that comes while'],
    breakLog: (log) =>
      altered(log, {
        join: (definition) => {
          let isStepping = false;
          const createTask: typeof definition.createTask = (partition, wake) => {
            const task = definition.createTask(partition, () => (isStepping ? undefined : wake()));
            const step: typeof task.step = async (gathering) => {
              isStepping = true;
              return await Promise.resolve(task.step(gathering)).finally(() => (isStepping = false));
            };
            return { ...task, step };
          };
          return log.join({ ...definition, createTask });
        },
      }),
  },
  {
    name: 'ignores resumeFrom',
    noticedBy: ['starts a successor at the oldest offset'],
    breakLog: (log) => withSteps(log, ({ records, committed }) => ({ records, ...(committed && { committed }) })),
  },
  { name: 'takes groups back', noticedBy: ['never takes the group back'], breakLog: goesBack },
  {
    name: 'says caught up at once',
    noticedBy: ['says caught up only once'],
    breakLog: (log) => withGatherings(log, (gathering) => ({ ...gathering, caughtUp: true })),
  },
  {
    name: 'says at once that it has heard everything',
    noticedBy: ['says until when it has heard everything'],
    breakLog: (log) => withGatherings(log, (gathering) => ({ ...gathering, heardUntil: gathering.now })),
  },
  {
    name: 'never says that it has heard anything',
    noticedBy: ['says until when it has heard everything'],
    breakLog: (log) => withGatherings(log, (gathering) => ({ ...gathering, heardUntil: -Infinity })),
  },
  {
    name: 'ignores positions',
    noticedBy: ['begins where the task says with guarantee external'],
    breakLog: (log) => withTasks(log, () => ({ positions: () => Promise.resolve({}) })),
  },
  {
    name: 'keeps no offsets with at-least-once',
    noticedBy: ['with guarantee at-least-once'],
    breakLog: (log) => notMovingOn(log, (_step, { definition }) => definition.guarantee === 'at-least-once'),
  },
  {
    name: 'restores nothing',
    noticedBy: ['restores a table before', 'restores its state topic'],
    breakLog: (log) => withTasks(log, () => ({ restore: () => undefined })),
  },
  {
    name: 'does not follow tables',
    noticedBy: ['hands over what comes into a table later'],
    breakLog: (log) =>
      withGatherings(log, (gathering, { definition: { tables } }) =>
        filtered(gathering, ({ topic }) => !tables.includes(topic)),
      ),
  },
  {
    name: 'restores the first partition only',
    noticedBy: ['restores to each partition'],
    breakLog: (log) => withTasks(log, (_task, { partition }) => (partition === 0 ? {} : { restore: () => undefined })),
  },
  {
    name: 'hands a task its own state back',
    noticedBy: ['restores its state topic to a successor'],
    breakLog: (log) =>
      altered(log, {
        join: ({ stateTopic, tables, ...definition }) =>
          log.join({
            ...definition,
            tables: [...tables, ...(stateTopic === null ? [] : [stateTopic])],
            stateTopic: null,
          }),
      }),
  },
  {
    name: 'hides what the group’s own tasks write',
    noticedBy: ['hands a task what the group'],
    breakLog: hidesOwnWrites,
  },
  {
    name: 'restores the beginning of a table only',
    noticedBy: ['restores a table of thousands'],
    breakLog: (log) =>
      withTasks(log, (task) => {
        let room = restoredMax;
        const restore: typeof task.restore = (records) => {
          const kept = records.slice(0, room);
          room -= kept.length;
          return task.restore(kept);
        };
        return { restore };
      }),
  },
  { name: 'gathers without a bound', noticedBy: ['hands a long backlog over'], breakLog: gathersWithoutBound },
];
