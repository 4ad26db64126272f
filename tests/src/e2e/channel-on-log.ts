/** What the log says of a channel, past the API. */
import { openKafkaLog, type DurableLog } from '@quorate/bus';
import { directoryKeyOfChannel } from '@quorate/contracts';
import { until } from './until.ts';

async function withLog<Answer>(brokers: readonly string[], use: (log: DurableLog) => Promise<Answer>): Promise<Answer> {
  const onFatal = (error: Error) => {
    throw error;
  };
  const log = await openKafkaLog({ brokers, clientId: 'e2e', onFatal });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

/** As if the log had lost it; waits until the log had it. */
export async function eraseChannel(brokers: readonly string[], id: string): Promise<void> {
  await until(() => channelOnLog(brokers, id), { withinMs: 30_000, what: 'the channel on the log' });
  const key = directoryKeyOfChannel(id);
  await withLog(brokers, (log) => log.append([{ topic: 'directory', partition: 0, key, value: null }]));
}

/** Null where there is none, or none any more. */
export function channelOnLog(brokers: readonly string[], id: string): Promise<object | null> {
  return withLog(brokers, async (log) => {
    let newest: string | null = null;
    await log.read('directory', 0, (records) => {
      const told = records.findLast(({ key }) => key === directoryKeyOfChannel(id));
      if (told !== undefined) newest = told.value;
    });
    return newest === null ? null : (JSON.parse(newest) as object);
  });
}
