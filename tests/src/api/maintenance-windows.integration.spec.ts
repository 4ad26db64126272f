/** Maintenance windows over HTTP, in the database and on the log. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  directoryKeyOfMaintenanceWindow,
  maintenanceWindowRecordSchema,
  type MaintenanceWindowRecord,
} from '@quorate/contracts';
import type { ProblemBody } from './api-client.ts';
import { ApiSystem, until } from './api-system.ts';

const path = '/api/v1/maintenance-windows';
const backup = {
  name: 'Backup',
  tags: { team: 'web' },
  startsAt: '2026-11-22T01:00:00Z',
  endsAt: '2026-11-22T03:00:00Z',
  repeat: 'weekly',
  timeZone: 'Europe/Berlin',
};

interface Window {
  id: string;
  version: number;
}

describe('maintenance windows', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  async function create(window: object = backup): Promise<Window> {
    const { status, body } = await system.client.post<Window>(path, window);
    expect(status).toBe(201);
    return body;
  }

  async function newestOf(id: string): Promise<string | null | undefined> {
    const key = directoryKeyOfMaintenanceWindow(id);
    return (await system.records('directory')).filter((record) => record.key === key).at(-1)?.value;
  }

  async function published(id: string, version: number): Promise<MaintenanceWindowRecord> {
    let record: MaintenanceWindowRecord | undefined;
    await until(async () => {
      const newest = await newestOf(id);
      if (newest !== null && newest !== undefined) record = maintenanceWindowRecordSchema.parse(JSON.parse(newest));
      return record?.version === version;
    });
    return record!;
  }

  it('are told of on the log, in instants', async () => {
    const { id } = await create();
    expect(await published(id, 1)).toMatchObject({ startsAt: Date.parse(backup.startsAt), tags: { team: 'web' } });
  });

  it('say when they are on next', async () => {
    const hourMs = 3_600_000;
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const { id } = await create({ ...backup, repeat: 'once', startsAt: at(-hourMs), endsAt: at(hourMs) });
    expect((await system.client.get(`${path}/${id}`)).body).toMatchObject({ next: { isOn: true } });
    await system.client.patch(`${path}/${id}`, { endsAt: at(-1) });
    expect((await system.client.get(`${path}/${id}`)).body).toMatchObject({ next: null, version: 2 });
  });

  it('are changed, and deleted with a tombstone', async () => {
    const { id } = await create();
    const { body } = await system.client.patch(`${path}/${id}`, { name: 'Move', tags: null, allMonitors: true });
    expect(body).toMatchObject({ name: 'Move', tags: {}, allMonitors: true, version: 2 });
    expect(await published(id, 2)).toMatchObject({ name: 'Move', allMonitors: true });
    expect((await system.client.delete(`${path}/${id}`)).status).toBe(204);
    await until(async () => (await newestOf(id)) === null);
    expect((await system.client.get<ProblemBody>(`${path}/${id}`)).body.code).toBe('QRT_MAINTENANCE_WINDOW_UNKNOWN');
  });

  it('are listed, newest first', async () => {
    const first = await create();
    const second = await create();
    const { body } = await system.client.get<{ items: Window[] }>(`${path}?limit=2`);
    expect(body.items.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  it.each([
    ['/endsAt', { endsAt: backup.startsAt }],
    ['/endsAt', { endsAt: '2026-11-29T01:00:00.001Z' }],
    ['/endsAt', { repeat: 'once', endsAt: '2027-11-22T01:00:00Z' }],
    ['/timeZone', { timeZone: 'Europe/Nowhere' }],
    ['/monitorIds', { tags: {} }],
    ['/monitorIds', { monitorIds: ['00000000-0000-4000-8000-000000000000'] }],
    ['/startsAt', { startsAt: 'tomorrow' }],
  ])('name the field %s of what cannot be', async (pointer, change) => {
    const { status, body } = await system.client.post<ProblemBody>(path, { ...backup, ...change });
    expect(status).toBe(400);
    expect(body.errors.map((error) => error.pointer)).toContain(pointer);
  });
});
