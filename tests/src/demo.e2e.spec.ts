import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll, startProcess } from './e2e/processes.ts';

const storyMsMax = 120_000;

describe('npm run demo', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'quorate-demo-spec-'));
  });

  afterAll(async () => {
    await killAll();
    await rm(directory, { recursive: true, force: true });
  });

  const startDemo = () => startProcess('tests/dist/demo/main.js', { TMPDIR: directory, NO_COLOR: '1' });

  it(
    'tells of one page and one resolve under the same key, then ends and leaves nothing behind',
    async () => {
      const demo = startDemo();
      const { code } = await demo.exit;
      expect({ code, output: demo.output() }).toEqual({
        code: 0,
        output: expect.stringMatching(/1 page, 1 resolve; \d+\.\d s from the outage to the page\.\s*$/),
      });
      expect(demo.output()).toMatch(/PagerDuty receives a page[^]*us +down: [^]*ap +down: [^]*trace +[0-9a-f]{32}\n/);
      expect(await readdir(directory)).toEqual([]);
    },
    storyMsMax,
  );

  it(
    'ends on Ctrl-C, and leaves nothing behind then either',
    async () => {
      const demo = startDemo();
      await demo.says(/ready at http/, 60_000);
      demo.signal('SIGINT');
      expect(await demo.exit).toMatchObject({ code: 130 });
      expect(await readdir(directory)).toEqual([]);
    },
    storyMsMax,
  );
});
