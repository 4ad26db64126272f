// Laws for every file: small doors, few parameters, and an environment read in one place only.
const environment = 'Read the environment in main.ts or *.config.ts, once; everything else takes an object.';

export const environmentProperties = [{ object: 'process', property: 'env', message: environment }];

export const everywhereSyntax = [
  { selector: 'ExportAllDeclaration', message: 'Name what you export: a door is read at a glance.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
    message: environment,
  },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
];

const parameters = 'At most three positional parameters (a constructor five): take an options object.';

export const parameterSyntax = [
  { selector: 'FunctionDeclaration[params.length>3]', message: parameters },
  { selector: 'ArrowFunctionExpression[params.length>3]', message: parameters },
  { selector: ':not(MethodDefinition[kind="constructor"]) > FunctionExpression[params.length>3]', message: parameters },
  { selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>5]', message: parameters },
  { selector: ':matches(TSDeclareFunction, TSMethodSignature, TSFunctionType)[params.length>3]', message: parameters },
];
