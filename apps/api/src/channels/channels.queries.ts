/** Reads channels, and who names them. */
import { In, type DataSource, type EntityManager } from 'typeorm';
import { ProblemError, type FieldError } from '../http/problem.ts';
import { MonitorEntity } from '../monitors/monitor.entity.ts';
import { builtInMonitorIds, heartbeatChannelId } from '../settings/built-in.ts';
import { InstallationEntity } from '../settings/installation.entity.ts';
import { ChannelEntity } from './channel.entity.ts';
import type { ChannelsQuery } from './channel.schema.ts';

/** How many users of a channel are named when it cannot be deleted. */
const usersNamedMax = 10;

/** @throws ProblemError when there is none. `isLocked` keeps it as it is until the transaction ends. */
export async function findChannel(manager: EntityManager, id: string, isLocked = false): Promise<ChannelEntity> {
  const lock = isLocked ? { lock: { mode: 'pessimistic_write' as const } } : {};
  const channel = await manager.findOne(ChannelEntity, { where: { id }, ...lock });
  if (channel !== null) return channel;
  throw new ProblemError('QRT_CHANNEL_UNKNOWN', 'No channel has this ID; list the channels to see what there is.');
}

/** The page's rows and one more. */
export function listChannels(database: DataSource, { limit, cursor }: ChannelsQuery): Promise<ChannelEntity[]> {
  const builder = database
    .createQueryBuilder(ChannelEntity, 'channel')
    .where('channel.id <> :heartbeatChannelId', { heartbeatChannelId })
    .orderBy('channel.createdAt', 'DESC')
    .addOrderBy('channel.id', 'DESC')
    .take(limit + 1);
  if (cursor !== undefined) {
    builder.andWhere('(channel.createdAt, channel.id) < (:at, :id)', { at: new Date(cursor.at), id: cursor.id });
  }
  return builder.getMany();
}

export interface ChannelReference {
  readonly id: string;
  /** Where the body names it. */
  readonly pointer: string;
}

/**
 * Keeps channels from being deleted until the transaction ends. The built-in one takes no alerts: it is none here.
 * @throws ProblemError naming those that are none.
 */
export async function checkChannelsExist(
  manager: EntityManager,
  references: readonly ChannelReference[],
): Promise<void> {
  if (references.length === 0) return;
  const found = await manager.find(ChannelEntity, {
    where: { id: In(references.map(({ id }) => id)) },
    select: { id: true },
    lock: { mode: 'pessimistic_read' },
  });
  const known = new Set(found.map(({ id }) => id).filter((id) => id !== heartbeatChannelId));
  const errors = references
    .filter(({ id }) => !known.has(id))
    .map(({ pointer }): FieldError => ({ pointer, message: 'names no channel; create the channel first' }));
  if (errors.length > 0) throw new ProblemError('QRT_BODY_INVALID', 'See errors for each unknown channel.', { errors });
}

/** @throws ProblemError naming the monitors, channels and settings that still use it. */
export async function checkChannelIsUnused(manager: EntityManager, id: string): Promise<void> {
  const monitors = await manager
    .createQueryBuilder(MonitorEntity, 'monitor')
    .where(`monitor.settings -> 'channelIds' @> to_jsonb(:id::text)`, { id })
    .take(usersNamedMax)
    .getMany();
  const channels = await manager
    .createQueryBuilder(ChannelEntity, 'channel')
    .where(`channel.settings ->> 'fallbackChannelId' = :id`, { id })
    .take(usersNamedMax)
    .getMany();
  const isPlatformChannel = await manager
    .createQueryBuilder(InstallationEntity, 'installation')
    .where(`installation.settings -> 'platformChannelIds' @> to_jsonb(:id::text)`, { id })
    .getExists();
  const users = [
    ...(isPlatformChannel ? ['the settings of the installation (platformChannelIds)'] : []),
    ...monitors.map(({ id: monitorId, name }) => userOf(monitorId, name)),
    ...channels.map((channel) => `channel ${channel.settings.name} (${channel.id})`),
  ];
  if (users.length === 0) return;
  throw new ProblemError(
    'QRT_CHANNEL_IN_USE',
    `Take it out of these first: ${users.slice(0, usersNamedMax).join(', ')}.`,
  );
}

function userOf(monitorId: string, name: string): string {
  if (builtInMonitorIds.includes(monitorId))
    return 'the settings of the installation (deadMansSwitch.drill.channelIds)';
  return `monitor ${name} (${monitorId})`;
}
