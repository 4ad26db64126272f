import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@quorate/runtime';
import { openDataDirectory } from './data-directory.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'quorate-data-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('a data directory', () => {
  it('is made where it is missing and known again afterwards', async () => {
    const first = await openDataDirectory(join(home, 'new/data'));
    await writeFile(join(first.path, 'log'), '');
    expect(await openDataDirectory(join(home, 'new/data'))).toEqual(first);
  });

  it('is not made of a folder that holds something else, which stays as it was', async () => {
    await writeFile(join(home, 'thesis.txt'), 'mine');
    await expect(openDataDirectory(home)).rejects.toThrow(/holds files of something else. Name an empty directory/);
    expect(await readdir(home)).toEqual(['thesis.txt']);
  });

  it.each(['garbage', '{}', '{"kind":"quorate-data","v":99,"secretKeyId":null}'])(
    'is refused when its mark is %s, and stays as it was',
    async (mark) => {
      const file = join(home, 'quorate.json');
      await writeFile(file, mark);
      await expect(openDataDirectory(home)).rejects.toThrow('quorate.json this Quorate can not read');
      expect(await readFile(file, 'utf8')).toBe(mark);
    },
  );

  it('is refused when it is a file', async () => {
    await writeFile(join(home, 'file'), '');
    await expect(openDataDirectory(join(home, 'file'))).rejects.toThrow(ConfigurationError);
    await expect(openDataDirectory(join(home, 'file/data'))).rejects.toThrow('something that is not a directory');
  });
});
