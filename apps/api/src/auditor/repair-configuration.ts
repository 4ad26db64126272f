/** Says again on the log what the database holds of the configuration. */
import { setTimeout as sleep } from 'node:timers/promises';
import { directoryKeyOfChannel, directoryKeyOfInstallation, directoryKeyOfMaintenanceWindow } from '@quorate/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { ChannelEntity } from '../channels/channel.entity.ts';
import { MaintenanceWindowEntity } from '../maintenance-windows/maintenance-window.entity.ts';
import { MonitorEntity } from '../monitors/monitor.entity.ts';
import { OutboxEntity } from '../outbox/outbox.entity.ts';
import type { OutboxRelay } from '../outbox/outbox-relay.ts';
import type { ConfiguredEntity } from '../outbox/configured-entity.ts';
import { enqueueStanding } from '../outbox/standing-record.ts';
import { InstallationEntity } from '../settings/installation.entity.ts';

/** So many are said in one transaction; their rows are locked meanwhile. */
const entitiesTogetherMax = 100;
/** The rest of the outbox is for what people do meanwhile. */
const outboxRowsMax = 5_000;
const roomPauseMs = 200;
const roomWaitMsMax = 30_000;

const windowKeyPrefix = directoryKeyOfMaintenanceWindow('');

export interface Restated {
  readonly entity: ConfiguredEntity;
  /** Readers know this version already; null when they take the row's as it is. */
  readonly versionAbove: number | null;
}

export interface Publishing {
  readonly database: DataSource;
  readonly relay: OutboxRelay;
  readonly signal: AbortSignal;
}

/** How many were said again; fewer when the log does not take them in time. */
export async function sayAgain(
  { database, relay, signal }: Publishing,
  restated: readonly Restated[],
): Promise<number> {
  for (let from = 0; from < restated.length; from += entitiesTogetherMax) {
    if (!(await hasRoom(database, signal))) return from;
    const together = restated.slice(from, from + entitiesTogetherMax).toSorted(inOrderOfLocks);
    await database.transaction(async (manager) => {
      for (const one of together) await restate(manager, one);
    });
    relay.wake();
  }
  return restated.length;
}

function inOrderOfLocks({ entity: one }: Restated, { entity: other }: Restated): number {
  return `${one.topic} ${one.key}` < `${other.topic} ${other.key}` ? -1 : 1;
}

async function hasRoom(database: DataSource, signal: AbortSignal): Promise<boolean> {
  const giveUpAt = performance.now() + roomWaitMsMax;
  while ((await database.manager.count(OutboxEntity)) > outboxRowsMax) {
    if (performance.now() > giveUpAt || signal.aborted) return false;
    await sleep(roomPauseMs);
  }
  return !signal.aborted;
}

async function restate(manager: EntityManager, { entity, versionAbove }: Restated): Promise<void> {
  if (versionAbove !== null) await raiseVersion(manager, entity, versionAbove);
  await enqueueStanding(manager, entity);
}

/** Where there is no row, there is nothing to raise: a deletion has no version. */
async function raiseVersion(manager: EntityManager, { topic, key }: ConfiguredEntity, above: number): Promise<void> {
  const raised = { version: () => `greatest(version, ${above}) + 1` };
  const builder = manager.createQueryBuilder();
  if (topic === 'monitors') await builder.update(MonitorEntity).set(raised).where({ id: key }).execute();
  else if (key === directoryKeyOfInstallation) await builder.update(InstallationEntity).set(raised).execute();
  else if (key.startsWith(windowKeyPrefix)) {
    const id = key.slice(windowKeyPrefix.length);
    await builder.update(MaintenanceWindowEntity).set(raised).where({ id }).execute();
  } else {
    const id = key.slice(directoryKeyOfChannel('').length);
    await builder.update(ChannelEntity).set(raised).where({ id }).execute();
  }
}
