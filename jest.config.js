// Three kinds of spec: unit (beside the source), integration (a real PostgreSQL or Kafka), e2e (the product whole).
import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { dirname } from 'node:path';

const root = import.meta.dirname;
const { workspaces } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
const packages = globSync(
  workspaces.map((workspace) => `${workspace}/package.json`),
  { cwd: root },
);

/** Every package by its name, read from its source: specs need no build. */
const moduleNameMapper = Object.fromEntries(
  packages.map((manifest) => {
    const { name } = JSON.parse(readFileSync(`${root}/${manifest}`, 'utf8'));
    return [`^${name}$`, `<rootDir>/${dirname(manifest)}/src/index.ts`];
  }),
);

const transform = {
  '\\.ts$': [
    '@swc/jest',
    {
      swcrc: false,
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};

/** One Kafka broker for all suites that want one; where there can be none, a closing line says so. */
const sharedKafka = {
  globalSetup: '<rootDir>/infra/kafka/src/jest-global-setup.ts',
  globalTeardown: '<rootDir>/infra/kafka/src/jest-global-teardown.ts',
};

const project = (displayName, testMatch, testPathIgnorePatterns) => ({
  displayName,
  rootDir: root,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper,
  transform,
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/.*/dist/', '<rootDir>/tmp/', ...testPathIgnorePatterns],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/tmp/', '<rootDir>/\\.nx/'],
});

export default {
  // Unit specs take milliseconds; on a machine that is busy with ten other things, seconds.
  testTimeout: 20_000,
  projects: [
    project(
      'unit',
      ['{libs,apps,infra,tests,bench}/**/src/**/*.spec.ts', 'tools/**/*.spec.ts'],
      ['\\.integration\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$'],
    ),
    { ...project('integration', ['{libs,apps,infra,tests,bench}/**/*.integration.spec.ts'], []), ...sharedKafka },
    { ...project('e2e', ['tests/**/*.e2e.spec.ts'], []), ...sharedKafka },
  ],
};
