/** What is particular to heartbeat monitors: a token that Quorate makes, and since when a first ping is awaited. */
import { randomBytes } from 'node:crypto';
import { pingKey, pingKinds, type MonitorSettings, type SelfMonitorSettings } from '@quorate/contracts';
import { SecretUnreadableError, type SecretBox } from '@quorate/runtime';
import type { EntityManager } from 'typeorm';
import { cronFaultOf } from '../gateway/cron-schedule.ts';
import { ProblemError, type FieldError } from '../http/problem.ts';
import { enqueue } from '../outbox/outbox.ts';
import { redacted } from '../secrets/sealing.ts';

/** Nobody guesses 144 bits. */
const tokenBytes = 18;
const field = '/heartbeat/token';

type Settings = MonitorSettings | SelfMonitorSettings;

interface Stored {
  readonly id: string;
  readonly settings: Settings;
}

function refuse(error: FieldError): never {
  throw new ProblemError('QRT_BODY_INVALID', `${error.pointer} ${error.message}.`, { errors: [error] });
}

function tokenOf({ id, settings }: Stored, secretBox: SecretBox): string | null {
  if (settings.type !== 'heartbeat' || settings.heartbeat.token === null) return null;
  return secretBox.open(settings.heartbeat.token, { entity: 'monitor', id, field });
}

/**
 * The token in the clear, for whoever may read the monitor: it belongs into a crontab. Null where it cannot be opened,
 * with another secret key than it was sealed with: the monitor is shown all the same.
 */
export function shownTokenOf(stored: Stored, secretBox: SecretBox): string | null {
  try {
    return tokenOf(stored, secretBox);
  } catch (error) {
    if (error instanceof SecretUnreadableError) return null;
    throw error;
  }
}

/**
 * Settings with a token: a new one where none is given, else the one that there is.
 * @throws ProblemError when it is another: a token of one's own may be too weak, or another monitor's.
 */
export function withToken(settings: MonitorSettings, stored: Stored | null, secretBox: SecretBox): MonitorSettings {
  if (settings.type !== 'heartbeat') return settings;
  const { token } = settings.heartbeat;
  const known = stored === null ? null : tokenOf(stored, secretBox);
  const isKept = known !== null && (token === redacted || token === known);
  if (token !== null && !isKept) {
    refuse({ pointer: field, message: 'is made by Quorate: leave it out, or send null for a new one' });
  }
  const given = isKept ? redacted : randomBytes(tokenBytes).toString('base64url');
  return { ...settings, heartbeat: { ...settings.heartbeat, token: given } };
}

/** @throws ProblemError when the crontab line cannot be read, or never asks for a run. */
export function checkCron(settings: MonitorSettings, now: number): void {
  if (settings.type !== 'heartbeat') return;
  const { cron, timeZone } = settings.heartbeat;
  const message = cron === null ? null : cronFaultOf({ cron, timeZone }, now);
  if (message !== null) refuse({ pointer: '/heartbeat/cron', message });
}

/**
 * From here on its first ping is awaited. Before the monitor's own record, so that its first round is not judged by
 * what was heard before.
 */
export async function awaitFirstPing(manager: EntityManager, { id, settings }: Stored): Promise<void> {
  if (settings.type !== 'heartbeat') return;
  const value = { v: 1, monitorId: id, kind: 'awaited' } as const;
  await enqueue(manager, { topic: 'pings', key: pingKey(id, 'awaited'), partitionKey: id, value });
}

export async function forgetPings(manager: EntityManager, { id, settings }: Stored): Promise<void> {
  if (settings.type !== 'heartbeat') return;
  for (const kind of pingKinds) {
    await enqueue(manager, { topic: 'pings', key: pingKey(id, kind), partitionKey: id, value: null });
  }
}
