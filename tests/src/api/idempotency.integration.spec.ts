/** A POST with an Idempotency-Key counts once. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiSystem } from './api-system.ts';
import { ReadModel } from './read-model.ts';

const path = '/api/v1/monitors';
const settings = { name: 'Shop', type: 'http', http: { url: 'https://shop.example.com/health' } };

describe('an Idempotency-Key', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  const post = (key: string, body: object = settings, to = path) =>
    system.client.post<{ id: string; code: string }>(to, body, { 'idempotency-key': key });
  const count = async () => (await system.client.get<{ items: object[] }>(`${path}?limit=200`)).body.items.length;

  it('gives a repeat the same answer and creates nothing', async () => {
    const before = await count();
    const first = await post('a');
    const repeat = await post('a');
    expect(repeat.body).toEqual(first.body);
    expect(repeat.status).toBe(201);
    expect(repeat.headers.get('location')).toBe(first.headers.get('location'));
    expect(repeat.headers.get('etag')).toBe('"1"');
    expect(await count()).toBe(before + 1);
  });

  it('refuses another body and another route', async () => {
    await post('b');
    expect((await post('b', { ...settings, name: 'Other' })).body.code).toBe('QRT_IDEMPOTENCY_MISMATCH');
    expect((await post('b', settings, '/api/v1/checks')).status).toBe(422);
  });

  it('lets one of many at the same time through', async () => {
    const before = await count();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('c')));
    expect(await count()).toBe(before + 1);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect((await post('c')).status).toBe(201);
  });

  it('is free again when the request was refused', async () => {
    expect((await post('d', { ...settings, name: '' })).status).toBe(400);
    expect((await post('d')).status).toBe(201);
  });

  it('is answered in the transaction of the change, so that a crash parts them not', async () => {
    const model = new ReadModel(system);
    await model.query('ALTER TABLE monitors ADD CONSTRAINT refuses_all CHECK (false) NOT VALID');
    expect((await post('f')).status).toBe(500);
    await model.query('ALTER TABLE monitors DROP CONSTRAINT refuses_all');
    await post('f');
    const kept = `SELECT m.xmin = k.xmin AS together FROM monitors m, idempotency_keys k
      WHERE k.key = 'f' ORDER BY m.created_at DESC LIMIT 1`;
    expect(await model.query(kept)).toEqual([{ together: true }]);
  });

  it('is taken over from a request that was lost with its process', async () => {
    const model = new ReadModel(system);
    await post('g');
    await model.query(`UPDATE idempotency_keys SET answer = NULL WHERE key = 'g'`);
    expect((await post('g')).body.code).toBe('QRT_IDEMPOTENCY_IN_PROGRESS');
    await model.query(`UPDATE idempotency_keys SET created_at = created_at - interval '3 minutes' WHERE key = 'g'`);
    expect((await post('g')).status).toBe(201);
  });

  it('survives a restart', async () => {
    const first = await post('e');
    await system.stopApi();
    await system.startApi();
    expect((await post('e')).body).toEqual(first.body);
  });
});
