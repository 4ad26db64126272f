/** The README tells of every setting that a process reads, with its default. */
import { describe, expect, it } from '@jest/globals';
import { settings } from '@quorate/runtime';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from './laws/catalogue.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const rows = [...readme.matchAll(/^\| `([A-Z_]+)` *\| *(.*?) *\| *(.*?) *\|$/gm)];

/** The default as the table writes it; null where there is none, or where the table says it in words. */
function defaultOf(name: keyof typeof settings): string | null {
  const { data } = settings[name].schema.safeParse(undefined);
  return data === undefined ? null : `\`${String(data)}\``;
}

describe("the README's table of settings", () => {
  it('has a row for each setting, and for nothing else', () => {
    const document = new Set(rows.map(([, name = '']) => name));
    expect(differences({ source: new Set(Object.keys(settings)), document })).toEqual([]);
  });

  it('states the defaults that hold', () => {
    const stated = new Map(rows.map(([, name = '', value = '']) => [name, value]));
    const names = Object.keys(settings) as (keyof typeof settings)[];
    const wrong = names.filter((name) => defaultOf(name) !== null && stated.get(name) !== defaultOf(name));
    expect(wrong.map((name) => `${name} is ${defaultOf(name)}`)).toEqual([]);
  });

  it('says of each what it means', () => {
    expect(rows.filter(([, , , meaning]) => meaning === '')).toEqual([]);
  });
});
