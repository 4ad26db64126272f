/** A rule nobody has seen fail is not a rule: each law of the tree is broken here, in a copy, and has to be heard. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { type Complaint, cruise, lint, plantTree } from './planted-tree.ts';

interface Plant {
  law: string;
  path: string;
  rule: string;
  source: string;
}

const boundary = '@nx/enforce-module-boundaries';
const imports = (name: string) => `import { packageName } from '${name}';\nexport const planted = packageName;\n`;

const projects: Plant[] = [
  ['a service imports a service', 'apps/aggregator/src/a.ts', '@quorate/dispatcher'],
  ['a service imports the product', 'apps/api/src/a.ts', '@quorate/quorate'],
  ['contracts import the core', 'libs/contracts/src/a.ts', '@quorate/consensus'],
  ['the core imports infrastructure', 'libs/schedule/src/a.ts', '@quorate/telemetry'],
  ['infrastructure imports a service', 'infra/postgres/src/a.ts', '@quorate/prober'],
  ['the product imports the core', 'apps/quorate/src/a.ts', '@quorate/alerting'],
  ['a project without a tag imports anything', 'libs/untagged/src/a.ts', '@quorate/outbound'],
].map(([law, path, name]) => ({ law: law!, path: path!, rule: boundary, source: imports(name!) }));

const packages: Plant[] = [
  { law: 'the core imports a package', path: 'libs/consensus/src/a.ts', source: `export { of } from 'rxjs';\n` },
  { law: 'contracts import more than zod', path: 'libs/contracts/src/b.ts', source: `export { of } from 'rxjs';\n` },
].map((plant) => ({ ...plant, rule: boundary }));

const inCore = (law: string, expression: string, rule = 'no-restricted-globals'): Plant => ({
  law: `the core uses ${law}`,
  path: `libs/alerting/src/${law.replaceAll(/[^a-z]+/gi, '-')}.ts`,
  rule,
  source: `export const planted = ${expression};\n`,
});

const core: Plant[] = [
  inCore('Date.now', 'Date.now()', 'no-restricted-properties'),
  inCore('new Date without an instant', 'new Date()', 'no-restricted-syntax'),
  inCore('local time', '(at: number) => new Date(at).getHours()', 'no-restricted-syntax'),
  inCore('Math.random', 'Math.random()', 'no-restricted-properties'),
  inCore('crypto', 'crypto.randomUUID()'),
  inCore('performance', 'performance.now()'),
  inCore('setTimeout', 'setTimeout(() => undefined, 1)'),
  inCore('process', 'process.pid'),
  inCore('Promise', 'Promise.resolve(1)'),
  inCore('fetch', 'fetch'),
  inCore('an async function', 'async () => undefined', 'no-restricted-syntax'),
];

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index));
const inService = (law: string, rule: string, source: string): Plant => ({
  law,
  rule,
  path: `apps/scheduler/src/${law.replaceAll(/[^a-z]+/gi, '-')}.ts`,
  source,
});

const sizes: Plant[] = [
  inService('a function of 51 lines', 'max-lines-per-function', `export const f = () => {\n${'//\n'.repeat(50)}};\n`),
  inService('a file of 301 lines', 'max-lines', lines(301, (index) => `export const c${index} = 1;\n`).join('')),
  inService('a fourth parameter', 'no-restricted-syntax', 'export function f(_a: 1, _b: 1, _c: 1, _d: 1) {}\n'),
  inService(
    'a sixth collaborator',
    'no-restricted-syntax',
    'export class C {\n  readonly all: number[];\n' +
      '  constructor(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) {\n    this.all = [a, b, c, d, e, f];\n  }\n}\n',
  ),
  inService(
    'depth four',
    'max-depth',
    'export function f(a: boolean) {\n' +
      '  if (a) {\n    while (a) {\n      if (a) {\n        if (a) return;\n      }\n    }\n  }\n}\n',
  ),
  inService(
    'complexity eleven',
    'complexity',
    `export function f(a: number) {\n${lines(11, (index) => `  if (a === ${index}) return;\n`).join('')}}\n`,
  ),
];

const types: Plant[] = [
  inService('a floating promise', '@typescript-eslint/no-floating-promises', 'Promise.resolve();\n'),
  inService(
    'a switch that forgets a case',
    '@typescript-eslint/switch-exhaustiveness-check',
    `export function f(a: 'x' | 'y') {\n  switch (a) {\n    case 'x':\n      return 1;\n  }\n  return 2;\n}\n`,
  ),
  inService(
    'a value import of a type',
    '@typescript-eslint/consistent-type-imports',
    `import { Logger } from '@nestjs/common';\nexport type Planted = Logger;\n`,
  ),
  inService('any', '@typescript-eslint/no-explicit-any', 'export type Planted = any;\n'),
  inService(
    'a thrown string',
    '@typescript-eslint/only-throw-error',
    `export const f = () => {\n  throw 'planted';\n};\n`,
  ),
];

const doors: Plant[] = [
  inService('the environment read anywhere', 'no-restricted-properties', 'export const planted = process.env;\n'),
  inService(
    'the environment imported',
    'no-restricted-syntax',
    `import { env } from 'node:process';\nexport const planted = env;\n`,
  ),
  inService('export of everything', 'no-restricted-syntax', `export * from './any.ts';\n`),
  inService('a default export', 'no-restricted-syntax', 'export default 1;\n'),
];

const linted = [...projects, ...packages, ...core, ...sizes, ...types, ...doors];

const cruised: Plant[] = [
  { law: 'two files need each other', path: 'libs/bus/src/a.ts', rule: 'no-cycle', source: `import './b.ts';\n` },
  {
    law: 'an import leads nowhere',
    path: 'libs/bus/src/c.ts',
    rule: 'no-unresolvable',
    source: `import './nowhere.ts';\n`,
  },
  {
    law: 'a relative import enters past the door',
    path: 'libs/runtime/src/a.ts',
    rule: 'no-door-but-index',
    source: `import '../../bus/src/b.ts';\n`,
  },
  {
    law: 'a service imports a service',
    path: 'apps/api/src/a.ts',
    rule: 'services-apart',
    source: imports('@quorate/prober'),
  },
  {
    law: 'the core imports a package',
    path: 'libs/schedule/src/a.ts',
    rule: 'core-is-pure',
    source: `import 'zod';\n`,
  },
  {
    law: 'the core imports Node',
    path: 'libs/schedule/src/b.ts',
    rule: 'core-without-node',
    source: `import 'node:fs';\n`,
  },
  {
    law: 'contracts import rxjs',
    path: 'libs/contracts/src/a.ts',
    rule: 'contracts-zod-only',
    source: `import 'rxjs';\n`,
  },
  {
    law: 'contracts import Node',
    path: 'libs/contracts/src/b.ts',
    rule: 'contracts-without-node',
    source: `import 'node:fs';\n`,
  },
  {
    law: 'a service imports the builders of specs',
    path: 'apps/prober/src/a.ts',
    rule: 'testing-in-specs-only',
    source: imports('@quorate/testing'),
  },
  {
    law: 'a service imports the stage of its specs',
    path: 'apps/dispatcher/src/a.ts',
    rule: 'stages-in-specs-only',
    source: `import './allowed.stage.ts';\n`,
  },
  {
    law: 'kafkajs outside the bus',
    path: 'apps/prober/src/b.ts',
    rule: 'kafkajs-in-bus-only',
    source: `import 'kafkajs';\n`,
  },
  {
    law: 'typeorm outside the api',
    path: 'apps/prober/src/c.ts',
    rule: 'typeorm-in-api-only',
    source: `import 'typeorm';\n`,
  },
];

/** What has to stay allowed, so that no law is kept by forbidding everything. */
const allowed: Record<string, string> = {
  'apps/quorate/src/allowed.ts': imports('@quorate/aggregator'),
  'apps/aggregator/src/allowed.ts': imports('@quorate/consensus'),
  'apps/aggregator/src/allowed.spec.ts': imports('@quorate/testing'),
  'apps/dispatcher/src/allowed.stage.ts': imports('@quorate/testing'),
  'apps/dispatcher/src/allowed.spec.ts': `import './allowed.stage.ts';\n`,
  'apps/aggregator/src/main.ts': 'export const environment = process.env;\n',
  'libs/consensus/src/allowed.ts': `${imports('@quorate/contracts')}export const f = (at: number) => new Date(at);\n`,
  'libs/contracts/src/allowed.ts': `import { z } from 'zod';\nexport const planted = z.string();\n`,
  'libs/bus/src/allowed.ts': `import { Kafka } from 'kafkajs';\nexport const planted = Kafka;\n`,
  'tests/src/allowed.e2e.spec.ts': imports('@quorate/quorate'),
};

const untagged = {
  'libs/untagged/package.json': '{ "name": "@quorate/untagged", "version": "0.1.0", "type": "module" }\n',
};
const texts = (plants: readonly Plant[]) => Object.fromEntries(plants.map(({ path, source }) => [path, source]));

function describeLaws(tool: string, plants: readonly Plant[], judge: (root: string) => Complaint[]): void {
  describe(`${tool}, in a copy of the tree where each law is broken once,`, () => {
    let root: string;
    let complaints: Complaint[];

    beforeAll(() => {
      const other = { 'libs/bus/src/b.ts': `import './a.ts';\nexport const b = 1;\n` };
      root = plantTree({ ...other, ...untagged, ...texts(plants), ...allowed });
      complaints = judge(root);
    }, 60_000);
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    it.each(plants)('hears that $law', ({ path, rule }) => {
      expect(complaints.filter((complaint) => complaint.path === path).map((complaint) => complaint.rule)).toContain(
        rule,
      );
    });
    it.each(Object.keys(allowed))('has nothing to say of %s', (path) => {
      expect(complaints.filter((complaint) => complaint.path === path)).toEqual([]);
    });
  });
}

describeLaws('ESLint', linted, lint);
describeLaws('dependency-cruiser', cruised, cruise);
