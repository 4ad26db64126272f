/** A commit's header says what kind of change it is and to which project; its body says why. */
const kinds = ['feat', 'fix', 'perf', 'refactor', 'test', 'docs', 'build', 'ci', 'chore', 'revert'];
/** Scopes that are no package. */
const places = [
  'repo',
  'ci',
  'deps',
  'docs',
  'infra',
  'otel',
  'prometheus',
  'grafana',
  'kubernetes',
  'docker',
  'kafka',
  'web',
];
const headerColumnsMax = 100;

const header = new RegExp(`^(${kinds.join('|')})\\(([a-z-]+(?:,[a-z-]+)*)\\)!?: \\S.*[^.\\s]$`);

/** What is wrong with `message`, one sentence a fault; `projects` are the packages' folder names. */
export function commitFaults(message: string, projects: readonly string[]): string[] {
  const [subject = '', ...body] = message.trimEnd().split('\n');
  const scopes = header.exec(subject)?.[2]?.split(',');
  if (scopes === undefined)
    return [`"${subject}" is not "<kind>(<project>): <what>", with a kind of ${kinds.join(', ')}`];
  const unknown = scopes.filter((scope) => !projects.includes(scope) && !places.includes(scope));
  return [
    ...unknown.map((scope) => `"${subject}": ${scope} is no project`),
    ...(subject.length > headerColumnsMax ? [`"${subject}" is longer than ${headerColumnsMax} columns`] : []),
    ...(body.join('').trim() === '' ? [`"${subject}" does not say why in a body`] : []),
  ];
}
