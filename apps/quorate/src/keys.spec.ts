import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDataDirectory, type DataDirectory } from './data-directory.ts';
import { adminKeyFor, secretBoxFor } from './keys.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'quorate-keys-'));
});
afterEach(() => rm(home, { recursive: true }));

const open = (): Promise<DataDirectory> => openDataDirectory(home);
const place = { entity: 'channel', id: 'c1', field: '/webhook/secret' } as const;

describe('the administrator’s key', () => {
  it('is made once, kept where only its owner reads it, and told once', async () => {
    const made = await adminKeyFor(await open(), undefined);
    expect(made).toMatchObject({ isNew: true, key: expect.stringMatching(/^qrt_admin_[\w-]{43}$/) });
    const kept = await adminKeyFor(await open(), undefined);
    expect(kept).toEqual({ ...made, isNew: false });
    expect((await stat(kept.file ?? '')).mode & 0o777).toBe(0o600);
  });

  it('is the configured one, of which nothing is kept', async () => {
    expect(await adminKeyFor(await open(), 'configured')).toEqual({ key: 'configured', file: null, isNew: false });
  });

  it('is not read from a file that holds garbage', async () => {
    await adminKeyFor(await open(), undefined);
    await writeFile(join(home, 'admin-key'), '\0\0');
    await expect(adminKeyFor(await open(), undefined)).rejects.toThrow('admin-key holds no key. Restore it');
  });
});

describe('the key of secrets', () => {
  it('is made once, and opens what it sealed after a restart', async () => {
    const sealed = (await secretBoxFor(await open(), undefined)).seal('s3cret', place);
    expect((await secretBoxFor(await open(), undefined)).open(sealed, place)).toBe('s3cret');
    expect((await stat(join(home, 'secret-key'))).mode & 0o777).toBe(0o600);
  });

  it('can be configured, and moved between file and setting', async () => {
    const sealed = (await secretBoxFor(await open(), undefined)).seal('s3cret', place);
    const key = Buffer.from(await readFile(join(home, 'secret-key'), 'utf8'), 'base64');
    expect((await secretBoxFor(await open(), key)).open(sealed, place)).toBe('s3cret');
  });

  it('can not change: another key or a lost one is no start', async () => {
    await secretBoxFor(await open(), undefined);
    await expect(secretBoxFor(await open(), Buffer.alloc(32))).rejects.toThrow(
      'is not the key that sealed the secrets',
    );
    await rm(join(home, 'secret-key'));
    await expect(secretBoxFor(await open(), undefined)).rejects.toThrow('its file secret-key is gone');
  });
});
