/** A job that pings the single process: silence pages once, a restart does not, and it is heard without a database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@quorate/postgres';
import { startPagerDutyStandIn, type PagerDutyStandIn } from '@quorate/testing';
import { killAll } from './processes.ts';
import { SingleProcess } from './single-process.ts';
import { until } from './until.ts';

const withinMs = 30_000;

let home = '';
let postgres: EmbeddedPostgres;
let system: SingleProcess;
let pagerDuty: PagerDutyStandIn;
let job = { id: '', heartbeat: { token: '' } };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'quorate-job-'));
  postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
  pagerDuty = await startPagerDutyStandIn();
  system = await SingleProcess.start({ DATABASE_URL: postgres.url, QUORATE_REGIONS: 'eu' });
  job = await system.client.call('POST', '/monitors', {
    name: 'Backup',
    type: 'heartbeat',
    intervalSeconds: 5,
    timeoutSeconds: 2,
    heartbeat: { everySeconds: 5, graceSeconds: 10 },
    channelIds: [await system.client.addChannel(pagerDuty.url)],
  });
}, 90_000);
afterAll(async () => {
  await system.remove();
  await Promise.all([postgres.stop(), pagerDuty.close()]);
  await rm(home, { recursive: true, force: true });
  await killAll();
});

/** As `curl --retry` does. */
async function ping(rest = '', body: string | null = null): Promise<void> {
  const send = () => fetch(`${system.url}/heartbeats/${job.heartbeat.token}${rest}`, { method: 'POST', body });
  await until(async () => (await send()).ok, { withinMs, what: `the ping${rest} to be taken` });
}

async function heard(action: 'trigger' | 'resolve', count: number): Promise<void> {
  await until(() => pagerDuty.of(action).length >= count, { withinMs, what: `${action} ${count}` });
}

describe('a job that pings', () => {
  it('is up, and a restart between its pings pages nobody', async () => {
    await ping('/start');
    await ping();
    await system.client.untilStatus(job.id, 'up', withinMs);
    system.process.signal('SIGTERM');
    await system.process.exit;
    await system.startAgain();
    await ping();
    await system.client.untilStatus(job.id, 'up', withinMs);
    expect(pagerDuty.events).toEqual([]);
  }, 60_000);

  it('pages once when it falls silent, and is resolved by its next ping', async () => {
    await system.client.call('PATCH', `/monitors/${job.id}`, { heartbeat: { graceSeconds: 1 } });
    await heard('trigger', 1);
    await system.client.untilStatus(job.id, 'down', withinMs);
    await system.client.call('PATCH', `/monitors/${job.id}`, { heartbeat: { graceSeconds: 600 } });
    await ping();
    await heard('resolve', 1);
    expect(pagerDuty.of('trigger')).toHaveLength(1);
    expect(JSON.stringify(pagerDuty.of('trigger')[0]?.payload)).toContain('a ping was due at');
  }, 60_000);

  it('pages at once when it fails, with what it sent, also while the database is away', async () => {
    await postgres.stop();
    await ping('/3', 'no space left on device');
    await heard('trigger', 2);
    await ping();
    await heard('resolve', 2);
    postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
    const page = JSON.stringify(pagerDuty.of('trigger')[1]?.payload);
    expect(page).toContain('the job told exit code 3');
    expect(pagerDuty.events).toHaveLength(4);
  }, 60_000);
});
