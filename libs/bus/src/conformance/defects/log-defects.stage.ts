/** Engines whose appends, topics, followers or memberships are broken. */
import type { DurableLog, Follower, LogRecord, Membership, OutgoingRecord } from '../../log.ts';
import { altered, type Defect } from './defect.stage.ts';

const valueCharactersKept = 100_000;

const settings = (name: string, partitionCount: number) => ({
  ...{ name, partitionCount },
  retention: { compacted: false, retentionMs: 60_000 } as const,
});

interface Following {
  readonly topics: readonly string[];
  readonly from: 'start' | 'now';
  readonly handle: (records: readonly LogRecord[]) => void;
}

/** `log` whose followers are begun as `change` says. */
function withFollowers(
  log: DurableLog,
  change: (following: Following, follow: (following: Following) => Follower) => Follower,
): DurableLog {
  const follow = ({ topics, from, handle }: Following) => log.follow(topics, from, handle);
  return altered(log, { follow: (topics, from, handle) => change({ topics, from, handle }, follow) });
}

const withAppend = (log: DurableLog, append: (records: readonly OutgoingRecord[]) => Promise<void>) =>
  altered(log, { append });

/** What a membership looks like that is none. */
const noMembership: Membership = { partitions: [], ready: true, leave: () => Promise.resolve() };

function dropsWhatOverlaps(log: DurableLog): DurableLog {
  let runningCount = 0;
  return withAppend(log, async (records) => {
    if (runningCount > 1) return;
    runningCount++;
    await log.append(records).finally(() => runningCount--);
  });
}

/** What was acknowledged but not written is lost with the process. */
function acknowledgesEarly(log: DurableLog): DurableLog {
  return withAppend(log, (records) => {
    setTimeout(() => void log.append(records).catch(() => undefined), 50);
    return Promise.resolve();
  });
}

function appendsOneByOne(log: DurableLog): DurableLog {
  return withAppend(log, async (records) => {
    for (const record of records) await log.append([record]);
  });
}

function createsTopics(log: DurableLog): DurableLog {
  return withAppend(log, async (records) => {
    const [first] = records;
    if (first !== undefined)
      await log.ensureTopics([settings(first.topic, first.partition + 1)]).catch(() => undefined);
    await log.append(records);
  });
}

function givesUpOnThrow(log: DurableLog): DurableLog {
  return withFollowers(log, (following, follow) => {
    let hasThrown = false;
    const handle: Following['handle'] = (records) => {
      if (hasThrown) return;
      hasThrown = true;
      following.handle(records);
      hasThrown = false;
    };
    return follow({ ...following, handle });
  });
}

const showing = (change: (records: readonly LogRecord[]) => readonly LogRecord[]) => (log: DurableLog) =>
  withFollowers(log, (following, follow) =>
    follow({ ...following, handle: (records) => following.handle(change(records)) }),
  );

export const logDefects: readonly Defect[] = [
  {
    name: 'shows records out of order',
    noticedBy: ['hands over the records of one partition'],
    breakLog: showing((records) => records.toReversed()),
  },
  { name: 'drops appends that overlap', noticedBy: ['keeps every record of appends'], breakLog: dropsWhatOverlaps },
  { name: 'appends one by one', noticedBy: ['refuses an append over two'], breakLog: appendsOneByOne },
  {
    name: 'forgets headers',
    noticedBy: ['gives back key, value, headers'],
    breakLog: showing((records) => records.map((record) => ({ ...record, headers: {} }))),
  },
  {
    name: 'cuts large values',
    noticedBy: ['keeps a large value whole'],
    breakLog: showing((records) =>
      records.map((record) => ({ ...record, value: record.value?.slice(0, valueCharactersKept) ?? null })),
    ),
  },
  {
    name: 'acknowledges before it has written',
    noticedBy: ['still has what was acknowledged'],
    breakLog: acknowledgesEarly,
  },
  {
    name: 'creates topics that nobody asked for',
    noticedBy: ['refuses a topic that is not there'],
    breakLog: createsTopics,
  },
  {
    name: 'takes any partition count',
    noticedBy: ['creates topics once'],
    breakLog: (log) => altered(log, { ensureTopics: (topics) => log.ensureTopics(topics).catch(() => undefined) }),
  },
  {
    name: 'chokes on nothing',
    noticedBy: ['takes an empty append as done'],
    breakLog: (log) =>
      withAppend(log, (records) => (records.length === 0 ? Promise.reject(new Error('nothing')) : log.append(records))),
  },
  {
    name: 'begins every follower at the end',
    noticedBy: ['follows from the start'],
    breakLog: (log) => withFollowers(log, (following, follow) => follow({ ...following, from: 'now' })),
  },
  {
    name: 'begins every follower at the start',
    noticedBy: ['follows from now'],
    breakLog: (log) => withFollowers(log, (following, follow) => follow({ ...following, from: 'start' })),
  },
  {
    name: 'goes on showing after the follower was closed',
    noticedBy: ['shows each of several followers'],
    breakLog: (log) =>
      withFollowers(log, (following, follow) => ({
        caughtUp: follow(following).caughtUp,
        close: () => Promise.resolve(),
      })),
  },
  {
    name: 'hides tombstones',
    noticedBy: ['shows a follower of a table'],
    breakLog: showing((records) => records.filter(({ value }) => value !== null)),
  },
  { name: 'gives up when a listener throws', noticedBy: ['goes on showing when'], breakLog: givesUpOnThrow },
  {
    name: 'does not wait for who reads',
    noticedBy: ['reads what a partition holds'],
    breakLog: (log) =>
      altered(log, {
        read: (topic, partition, handle) => log.read(topic, partition, (records) => void handle(records)),
      }),
  },
  {
    name: 'goes on reading when it is thrown at',
    noticedBy: ['reads nothing where'],
    breakLog: (log) =>
      altered(log, {
        read: (topic, partition, handle) => log.read(topic, partition, handle).catch(() => undefined),
      }),
  },
  {
    name: 'takes every partition’s newest record for the first’s',
    noticedBy: ['knows the newest record'],
    breakLog: (log) => altered(log, { last: (topic) => log.last(topic, 0) }),
  },
  {
    name: 'always says that it is healthy',
    noticedBy: ['says that it is healthy'],
    breakLog: (log) => altered(log, { health: () => Promise.resolve({ healthy: true, detail: '' }) }),
  },
  {
    name: 'takes all groups for one',
    noticedBy: ['shows every group every record'],
    breakLog: (log) => altered(log, { join: (definition) => log.join({ ...definition, group: 'the one' }) }),
  },
  {
    name: 'takes each member for a group of its own',
    noticedBy: [
      'shares the partitions evenly',
      'loses and doubles nothing while members',
      'refuses the step of an owner',
    ],
    breakLog: (log) => {
      let memberCount = 0;
      const groupOf = (group: string) => (memberCount++ === 0 ? group : `${group} ${memberCount}`);
      return altered(log, { join: (definition) => log.join({ ...definition, group: groupOf(definition.group) }) });
    },
  },
  {
    name: 'keeps those in the group who leave it',
    noticedBy: ['gives every partition to the one that stays', 'lets the step that is running end'],
    breakLog: (log) =>
      altered(log, {
        join: async (definition) => {
          const membership = await log.join(definition);
          return Object.create(membership, { leave: { value: () => Promise.resolve() } }) as Membership;
        },
      }),
  },
  {
    name: 'takes in any group',
    noticedBy: ['refuses a group whose topics'],
    breakLog: (log) => altered(log, { join: (definition) => log.join(definition).catch(() => noMembership) }),
  },
  {
    name: 'forgets the offsets of its groups when it is opened again',
    noticedBy: ['keeps every topic, record and offset'],
    breakLog: (log, openingCount) =>
      altered(log, {
        join: (definition) => log.join({ ...definition, group: `${definition.group} ${openingCount}` }),
      }),
  },
];
