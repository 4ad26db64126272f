/** The user's PostgreSQL is gone during an outage: monitoring and paging go on, and the API knows it all afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@quorate/postgres';
import { startPagerDutyStandIn, startTarget, type PagerDutyStandIn, type Target } from '@quorate/testing';
import { killAll, startProcess } from './processes.ts';
import { SingleProcess } from './single-process.ts';
import { until } from './until.ts';

const pageMsMax = 30_000;

let home = '';
let postgres: EmbeddedPostgres;
let system: SingleProcess;
let pagerDuty: PagerDutyStandIn;
let target: Target;
let monitorId = '';

const startDatabase = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ directory: join(home, 'postgres') });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'quorate-db-'));
  [postgres, pagerDuty, target] = await Promise.all([startDatabase(), startPagerDutyStandIn(), startTarget()]);
  system = await SingleProcess.start({ DATABASE_URL: postgres.url });
  await system.client.untilRegionsLive('eu', 'us', 'ap');
  const channelId = await system.client.addChannel(pagerDuty.url);
  monitorId = (await system.client.addMonitor(target.url, [channelId])).id;
  await system.client.untilStatus(monitorId, 'up', 20_000);
}, 90_000);
afterAll(async () => {
  await system.remove();
  await Promise.all([postgres.stop(), pagerDuty.close(), target.close()]);
  await rm(home, { recursive: true, force: true });
  await killAll();
});

async function heard(action: 'trigger' | 'resolve', count: number): Promise<void> {
  await until(() => pagerDuty.of(action).length >= count, { withinMs: pageMsMax, what: `${action} ${count}` });
}

async function incidentCount(): Promise<number> {
  return (await system.client.incidents(monitorId)).filter(({ status }) => status === 'resolved').length;
}

describe('without its database', () => {
  it('the page goes out, and the incident is in the API afterwards', async () => {
    await postgres.stop();
    target.failFor(['eu', 'us']);
    await heard('trigger', 1);
    target.heal();
    await heard('resolve', 1);
    postgres = await startDatabase();
    await until(async () => (await incidentCount()) === 1, { withinMs: 30_000, what: 'the incident in the API' });
    expect(pagerDuty.of('trigger')).toHaveLength(1);
    expect(pagerDuty.of('resolve')).toHaveLength(1);
  }, 120_000);

  it('a start watches and pages, says what it waits for, and serves when the database is back', async () => {
    await system.kill();
    await postgres.stop();
    const started = system.startAgain();
    target.failFor(['us', 'ap']);
    await heard('trigger', 2);
    await system.process.says(/The API waits for the database in DATABASE_URL/);
    postgres = await startDatabase();
    await started;
    target.heal();
    await heard('resolve', 2);
    await until(async () => (await incidentCount()) === 2, { withinMs: 30_000, what: 'the incident in the API' });
  }, 120_000);

  it('a start whose database refuses it ends, naming what to correct', async () => {
    const refused = startProcess('apps/quorate/dist/main.js', {
      QUORATE_DATA_DIR: join(home, 'data'),
      QUORATE_HTTP_PORT: '0',
      DATABASE_URL: postgres.url.replace(postgres.connection.password, 'wr0ng'),
    });
    expect((await refused.exit).code).toBeGreaterThan(0);
    expect(refused.output()).toMatch(/The database refused: .*password.* in DATABASE_URL/);
    expect(refused.output()).not.toContain('wr0ng');
  }, 60_000);
});
