/** Writes the picture of who knows whom into ARCHITECTURE.md, drawn from the imports, so that it can't lie. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const document = join(root, 'ARCHITECTURE.md');
const picture = /(<!-- diagram:begin -->\n)[\s\S]*(<!-- diagram:end -->)/;

/** Whom each package imports. */
type Imports = ReadonlyMap<string, ReadonlySet<string>>;

interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
}

function readImports(): Imports {
  const collapse = '^(apps|libs|infra)/[^/]+';
  const only = '^(apps|libs|infra/postgres)/';
  const apart = '(\\.(spec|stage)\\.ts$|^libs/testing/)';
  const style = ['--output-type', 'json', '--collapse', collapse, '--include-only', only, '--exclude', apart];
  const program = join(root, 'node_modules/.bin/depcruise');
  const told = execFileSync(program, ['--config', '.dependency-cruiser.mjs', ...style, 'apps', 'libs', 'infra'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { modules } = JSON.parse(told) as Cruise;
  const rows = modules.map(({ source, dependencies }): [string, Set<string>] => [
    basename(source),
    new Set(dependencies.map(({ resolved }) => basename(resolved)).filter((name) => name !== basename(source))),
  ]);
  return new Map(rows);
}

function reaches(imports: Imports, from: string, to: string): boolean {
  return [...(imports.get(from) ?? [])].some((next) => next === to || reaches(imports, next, to));
}

/** What is imported, less what those know that are imported too: a picture of all arrows shows none. */
export function arrowsOf(imports: Imports): string[] {
  return [...imports.keys()].toSorted().flatMap((from) => {
    const known = [...(imports.get(from) ?? [])].toSorted();
    const shown = known.filter((to) => !known.some((other) => reaches(imports, other, to)));
    return shown.length === 0 ? [] : [`${from} --> ${shown.join(' & ')}`];
  });
}

export function architecture(): string {
  return readFileSync(document, 'utf8');
}

/** ARCHITECTURE.md with the picture as it is today. */
export function architectureDrawnAnew(): string {
  const lines = ['flowchart TB', ...arrowsOf(readImports()).map((line) => `  ${line}`)];
  return architecture().replace(picture, (_all, begin: string, end: string) => {
    return `${begin}\n\`\`\`mermaid\n${lines.join('\n')}\n\`\`\`\n\n${end}`;
  });
}

if (import.meta.main) writeFileSync(document, architectureDrawnAnew());
