// What a line may say. Who may know whom stands in tools/laws/layers.ts and .dependency-cruiser.mjs; each law here is seen to
// fail in tools/architecture.spec.ts. Run it as `npm run lint`: without Nx's graph the boundary rule judges nothing.
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { coreGlobals, coreProperties, coreSyntax } from './tools/laws/core.ts';
import { environmentProperties, everywhereSyntax, parameterSyntax } from './tools/laws/everywhere.ts';
import { layers } from './tools/laws/layers.ts';

const core = 'libs/{schedule,consensus,alerting}/src/**/*.ts';
/** A stage is what several specs of a package play on. */
const specs = ['**/*.spec.ts', '**/*.stage.ts', 'libs/testing/src/**/*.ts'];
const entryPoints = ['**/main.ts', '**/*.config.ts', 'bench/src/*.bench.ts'];
const error = (...options) => ['error', ...options];

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      'coverage/',
      'tmp/',
      '.nx/',
      '.quorate/',
      '.kafka/',
      '**/*.js',
      '**/*.mjs',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': error({
        allow: [],
        enforceBuildableLibDependency: false,
        // The specs of the bus run on the simulated log, which is the bus's own engine over memory.
        ignoredCircularDependencies: [['@quorate/bus', '@quorate/testing']],
        depConstraints: layers,
      }),
      '@typescript-eslint/consistent-type-imports': error({ fixStyle: 'inline-type-imports' }),
      '@typescript-eslint/no-explicit-any': error(),
      '@typescript-eslint/no-floating-promises': error(),
      '@typescript-eslint/no-unused-vars': error({
        argsIgnorePattern: '^_',
        varsIgnorePattern: '^_',
        ignoreRestSiblings: true,
      }),
      '@typescript-eslint/only-throw-error': error(),
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': error({ allowNumber: true, allowBoolean: true }),
      '@typescript-eslint/switch-exhaustiveness-check': error({ considerDefaultExhaustiveForUnions: true }),
      complexity: error(10),
      'max-depth': error(3),
      'max-lines': error(300),
      'max-lines-per-function': error(50),
      'no-console': error(),
      'no-restricted-properties': error(...environmentProperties),
      'no-restricted-syntax': error(...everywhereSyntax, ...parameterSyntax),
      eqeqeq: error(),
    },
  },
  {
    files: [core],
    ignores: specs,
    rules: {
      'no-restricted-globals': error(...coreGlobals),
      'no-restricted-properties': error(...environmentProperties, ...coreProperties),
      'no-restricted-syntax': error(...everywhereSyntax, ...parameterSyntax, ...coreSyntax),
    },
  },
  {
    files: [...entryPoints, 'tools/**/*.ts', 'tests/**/*.ts', '**/*.integration.spec.ts'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: specs,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-syntax': error(...everywhereSyntax),
    },
  },
);
