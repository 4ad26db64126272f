// The core is told the time, draws no lots and waits for nobody: what it decides depends on its arguments alone.
const told = (name: string, instead: string) => ({ name, message: `The core may not use ${name}: ${instead}` });

const timers = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
];

export const coreGlobals = [
  ...timers.map((name) => told(name, 'return what is due and when; a handler waits.')),
  ...['Promise', 'AbortController', 'AbortSignal'].map((name) => told(name, 'decide; a handler does.')),
  ...['process', 'global', 'globalThis', 'console', 'fetch'].map((name) =>
    told(name, 'take what you need as an argument.'),
  ),
  ...['performance'].map((name) => told(name, 'take `now` as an argument.')),
  ...['crypto'].map((name) => told(name, 'derive it from the facts, or take it as an argument.')),
];

export const coreProperties = [
  { object: 'Date', property: 'now', message: 'Take `now` as an argument.' },
  { object: 'Date', property: 'parse', message: 'Instants are numbers here; parse at the edge.' },
  { object: 'Math', property: 'random', message: 'Derive it from the facts (a hash), or take it as an argument.' },
];

const localTime = '/^((get|set)(Hours|Minutes|Seconds|Milliseconds|Date|Day|Month|FullYear)|getTimezoneOffset)$/';

export const coreSyntax = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take `now` as an argument.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'Take `now` as an argument.' },
  {
    selector: `MemberExpression[property.name=${localTime}]`,
    message: "The machine's time zone is not yours: use UTC.",
  },
  { selector: 'MemberExpression[property.name=/^toLocale/]', message: "The machine's locale is not yours." },
  { selector: ':function[async=true]', message: 'The core is synchronous: decide; a handler does.' },
  { selector: 'AwaitExpression', message: 'The core is synchronous: decide; a handler does.' },
  { selector: 'TSEnumDeclaration, TSParameterProperty', message: 'The core runs unbuilt: only erasable syntax.' },
];
