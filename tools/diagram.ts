/** Writes the picture of who knows whom into ARCHITECTURE.md, drawn from the imports, so that it can't lie. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const document = join(root, 'ARCHITECTURE.md');
const picture = /(<!-- diagram:begin -->\n)[\s\S]*(<!-- diagram:end -->)/;

function drawn(): string {
  const collapse = '^(apps|libs|infra)/[^/]+';
  const only = '^(apps|libs|infra/postgres)/';
  const apart = '(\\.spec\\.ts$|^libs/testing/)';
  const style = ['--output-type', 'mermaid', '--collapse', collapse, '--include-only', only, '--exclude', apart];
  const program = join(root, 'node_modules/.bin/depcruise');
  const picture = execFileSync(program, ['--config', '.dependency-cruiser.mjs', ...style, 'apps', 'libs', 'infra'], {
    cwd: root,
    encoding: 'utf8',
  });
  return inOrder(picture.trim().split('\n'));
}

/** The cruiser lists arrows in the order of the files that it happened to read first. */
function inOrder(lines: readonly string[]): string {
  const isArrow = (line: string) => line.includes('-->');
  return [...lines.filter((line) => !isArrow(line)), ...lines.filter(isArrow).sort()].join('\n');
}

export function architecture(): string {
  return readFileSync(document, 'utf8');
}

/** ARCHITECTURE.md with the picture as it is today. */
export function architectureDrawnAnew(): string {
  return architecture().replace(picture, (_all, begin: string, end: string) => {
    return `${begin}\n\`\`\`mermaid\n${drawn()}\n\`\`\`\n\n${end}`;
  });
}

if (import.meta.main) writeFileSync(document, architectureDrawnAnew());
