// Which project may know which project and package. Nx denies whatever no row allows, a project without a tag too.
const layer = (sourceTag: string, onlyDependOnLibsWithTags: string[], allowedExternalImports = ['*']) => ({
  sourceTag: `layer:${sourceTag}`,
  onlyDependOnLibsWithTags: onlyDependOnLibsWithTags.map((tag) => `layer:${tag}`),
  allowedExternalImports,
});

const specTools = ['@jest/globals', 'fast-check'];

export const layers = [
  layer('contracts', [], ['zod', ...specTools]),
  layer('core', ['contracts', 'core'], specTools),
  layer('infrastructure', ['contracts', 'core', 'infrastructure', 'test']),
  layer('service', ['contracts', 'core', 'infrastructure', 'test']),
  layer('product', ['contracts', 'infrastructure', 'service', 'test']),
  layer('test', ['contracts', 'core', 'infrastructure', 'service', 'product', 'test']),
  layer('tools', ['contracts', 'core', 'infrastructure', 'service', 'product', 'test']),
];
