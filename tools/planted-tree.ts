/** A small copy of the repository, its laws and manifests without its code, in which specs plant violations. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const repository = join(import.meta.dirname, '..');
const copied = [
  'package-lock.json',
  'package.json',
  'nx.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'eslint.config.js',
  '.dependency-cruiser.mjs',
];

interface Manifest {
  name: string;
  nx?: { tags: string[] };
}

/** What a tool said of one file: the rule's name, and its sentence. */
export interface Complaint {
  path: string;
  rule: string;
  message: string;
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Each package keeps its name and tag, and loses its dependencies: they would add edges that no test planted. */
function copyPackage(root: string, manifestPath: string): void {
  const { name, nx } = readManifest(join(repository, manifestPath));
  const folder = dirname(manifestPath);
  const exports = { '.': { types: './src/index.ts', default: './dist/index.js' } };
  write(root, manifestPath, JSON.stringify({ name, version: '0.1.0', type: 'module', exports, nx }));
  write(root, join(folder, 'src/index.ts'), `export const packageName = '${name}';\n`);
  symlinkSync(join(root, folder), join(root, 'node_modules', name));
}

/** Every installed package by a link, except ours, which have to be the copies. */
function linkPackages(root: string): void {
  mkdirSync(join(root, 'node_modules/@quorate'), { recursive: true });
  for (const name of readdirSync(join(repository, 'node_modules'))) {
    if (name === '@quorate' || name === '.cache') continue;
    symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name));
  }
}

/** Returns the copy's folder; the caller removes it. `files` are texts by path. */
export function plantTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'quorate-planted-'));
  for (const name of copied) cpSync(join(repository, name), join(root, name));
  cpSync(join(repository, 'tools/laws'), join(root, 'tools/laws'), { recursive: true });
  linkPackages(root);
  for (const manifest of globSync('{apps,libs,infra}/*/package.json', { cwd: repository })) copyPackage(root, manifest);
  for (const manifest of ['tests/package.json', 'bench/package.json']) copyPackage(root, manifest);
  for (const [path, text] of Object.entries(files)) write(root, path, text);
  return root;
}

/** An Nx that runs this spec must not be mistaken for the one that the spec runs. */
function environmentWithoutNx(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NX_')));
}

function run(root: string, ...commandLine: string[]): string {
  const environment = { ...environmentWithoutNx(), FORCE_COLOR: '0' };
  const { stdout, stderr } = spawnSync(process.execPath, commandLine, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout + stderr;
}

interface LintedFile {
  filePath: string;
  messages: { ruleId: string | null; message: string }[];
}

/** Lints as `npm run lint` does, through Nx. */
export function lint(root: string): Complaint[] {
  const said = run(root, 'node_modules/.bin/nx', 'run', 'quorate:lint', '--format=json', '--output-file=lint.json');
  const report = readReport<LintedFile[]>(root, 'lint.json', said);
  return report.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message }) => ({
      path: filePath.slice(root.length + 1),
      rule: ruleId ?? 'syntax',
      message,
    })),
  );
}

interface CruiseReport {
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

/** Cruises as `npm run boundaries` does. */
export function cruise(root: string): Complaint[] {
  const folders = ['apps', 'libs', 'infra', 'tests', 'bench'];
  const options = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', '--output-to', 'cruise.json'];
  const said = run(root, 'node_modules/.bin/depcruise', ...options, ...folders);
  const { summary } = readReport<CruiseReport>(root, 'cruise.json', said);
  return summary.violations.map(({ from, to, rule }) => ({
    path: from,
    rule: rule.name,
    message: `imports ${basename(to)}`,
  }));
}

function readReport<Report>(root: string, name: string, said: string): Report {
  try {
    return JSON.parse(readFileSync(join(root, name), 'utf8')) as Report;
  } catch (cause) {
    throw new Error(`The tool wrote no ${name}; it said:\n${said}`, { cause });
  }
}
