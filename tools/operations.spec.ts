/** What the operators' page tells them to watch and to look into is there. */
import { describe, expect, it } from '@jest/globals';
import { topics } from '@quorate/contracts';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/operations/kafka.md');

const instruments = read('libs/telemetry/src/metrics.ts');
const code = globSync('{apps,libs,infra}/*/src/**/*.ts', { cwd: root })
  .filter((path) => !path.endsWith('.spec.ts'))
  .map(read)
  .join('\n');

/** As Prometheus shows them: counters end in `_total`; durations say their unit already. */
function namesShown(): Set<string> {
  const defined = instruments.matchAll(/(\w+): (counter|upDown|seconds|gauge)\(\s*'(\w+)'/g);
  const suffixes = { counter: '_total', upDown: '', gauge: '', seconds: '_seconds' } as const;
  const used = [...defined].filter(([, property]) => code.includes(`metrics.${property}.`));
  return new Set(used.map(([, , kind, name]) => `${name}${suffixes[kind as keyof typeof suffixes]}`));
}

describe("the operators' pages", () => {
  it.each(globSync('docs/operations/*.md', { cwd: root }))('name in %s only metrics that something counts', (path) => {
    const named = new Set(read(path).match(/\bquorate_\w+/g));
    expect(named.size).toBeGreaterThan(0);
    expect([...named.difference(namesShown())]).toEqual([]);
  });
});

describe('docs/operations/kafka.md', () => {
  it('looks only into topics that there are', () => {
    const named = new Set([...page.matchAll(/kcat .* -t (\S+)/g)].map(([, topic = '']) => topic));
    expect(named.size).toBeGreaterThan(3);
    expect([...named.difference(new Set(Object.keys(topics)))]).toEqual([]);
  });
});

describe('docs/operations/probers.md', () => {
  it('tells which canaries are tried where none are named', () => {
    const [, source = ''] =
      /canariesDefault[^=]*= \[(.*?)\n\]/s.exec(read('apps/prober/src/voting/self-judgement.ts')) ?? [];
    const canaries = [...source.matchAll(/'(.+?)'/g)].map(([, canary = '']) => canary);
    expect(canaries.length).toBeGreaterThan(3);
    const told = read('docs/operations/probers.md');
    expect(canaries.filter((canary) => !told.includes(`\`${canary}\``))).toEqual([]);
  });
});

describe('the front matter of documents', () => {
  it.each(globSync('docs/**/*.md', { cwd: root }))('names sources of %s that exist', (path) => {
    const [, head = ''] = /^---\n(.*?)\n---\n/s.exec(read(path)) ?? [];
    const sources = [...head.matchAll(/^ {2}- (\S+)$/gm)].map(([, source = '']) => source);
    expect(sources.filter((source) => globSync(source, { cwd: root }).length === 0)).toEqual([]);
  });
});
