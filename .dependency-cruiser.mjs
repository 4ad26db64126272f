// What a file may import. Which project may know which stands in tools/laws/layers.ts; both are seen to fail in
// tools/architecture.spec.ts.
/** With the stages that several specs of a package play on. */
const specs = '\\.(spec|stage)\\.ts$';
const core = '^libs/(schedule|consensus|alerting)/';
const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const files = [
  rule('no-cycle', 'Two files that need each other are one file, or hide a third.', {}, { circular: true }),
  rule('no-unresolvable', 'What is imported exists.', {}, { couldNotResolve: true }),
  rule(
    'no-door-but-index',
    'A project is entered through its index.ts.',
    { path: '^(apps|libs|infra)/([^/]+)/|^(tests|bench)/' },
    {
      path: '^(apps|libs|infra)/[^/]+/',
      pathNot: ['^$1/$2/', '^(apps|libs|infra)/[^/]+/src/index\\.ts$', '^node_modules/'],
    },
  ),
];

const layers = [
  rule('core-is-pure', 'The core imports no package.', { path: core, pathNot: specs }, { dependencyTypes: npm }),
  rule('core-without-node', 'Nor a part of Node.', { path: core, pathNot: specs }, { dependencyTypes: ['core'] }),
  rule(
    'contracts-zod-only',
    'What crosses a wire is described with zod alone.',
    { path: '^libs/contracts/', pathNot: specs },
    { dependencyTypes: npm, pathNot: '(^|/)node_modules/zod/' },
  ),
  rule(
    'contracts-without-node',
    'Contracts run anywhere, the browser too.',
    { path: '^libs/contracts/', pathNot: specs },
    { dependencyTypes: ['core'] },
  ),
  rule(
    'services-apart',
    'Services meet on the bus, never in an import.',
    { path: '^apps/(scheduler|prober|aggregator|dispatcher|api)/' },
    { path: '^apps/', pathNot: '^apps/$1/' },
  ),
  rule(
    'testing-in-specs-only',
    'libs/testing is for specs, tests and benches.',
    { path: '^(apps|libs|infra)/', pathNot: [specs, '^libs/testing/'] },
    { path: '^libs/testing/' },
  ),
  rule(
    'stages-in-specs-only',
    'A stage is played on by specs, and is not built.',
    { pathNot: specs },
    { path: '\\.stage\\.ts$' },
  ),
];

const packages = [
  rule(
    'kafkajs-in-bus-only',
    'One folder knows Kafka.',
    { path: '^(apps|libs|infra)/', pathNot: ['^libs/bus/', '^libs/testing/', specs] },
    { path: '(^|/)node_modules/kafkajs/' },
  ),
  rule(
    'typeorm-in-api-only',
    'One service knows SQL.',
    { pathNot: '^apps/api/' },
    { path: '(^|/)node_modules/typeorm/' },
  ),
];

export default {
  forbidden: [...files, ...layers, ...packages],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^((apps|libs|infra)/[^/]+|tests|bench)/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json', '.node'],
    },
  },
};
