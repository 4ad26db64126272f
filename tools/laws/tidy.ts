/** Style as laws over a tree of texts; `tidy.spec.ts` breaks each once, then holds the repository to them. */

export interface Tree {
  /** Texts by path from the root; a file that is no text has an empty one. */
  readonly files: ReadonlyMap<string, string>;
}

type Law = (tree: Tree) => string[];

const isCode = (path: string) => /^(apps|libs|infra|tests|bench|tools)\/.*\.(ts|js|mjs)$/.test(path);
const isSpec = (path: string) => path.endsWith('.spec.ts');
/** The laws name what they forbid, and their specs break it. */
const isLaw = (path: string) => path.startsWith('tools/');

function eachLine(tree: Tree, concerns: (path: string) => boolean, fault: (line: string) => string | null): string[] {
  const found: string[] = [];
  for (const [path, text] of tree.files) {
    if (!concerns(path)) continue;
    for (const [index, line] of text.split('\n').entries()) {
      const what = fault(line);
      if (what !== null) found.push(`${path}:${index + 1} ${what}`);
    }
  }
  return found;
}

const emptyNames = /^(utils?|helpers?|common|shared|misc|types|constants|base)$/;

/** A file is named for its subject. */
const namesSaySomething: Law = ({ files }) =>
  [...files.keys()].filter(isCode).flatMap((path) => {
    const parts = path.split('/').flatMap((part) => part.split('.'));
    return parts.some((part) => emptyNames.test(part)) ? [`${path} is named for no subject`] : [];
  });

/** What is left to do has a number, so that it is found again. */
const leftoversHaveAnIssue: Law = (tree) =>
  eachLine(
    tree,
    (path) => !isLaw(path) && /\.(ts|js|mjs|ya?ml|sh|html|css|sql)$/.test(path),
    (line) => (/\b(TODO|FIXME|XXX|HACK)\b(?! ?\(?#\d+)/.test(line) ? 'is left to do without an issue number' : null),
  );

const lineMax = 120;

/** Prettier wraps code, but neither texts nor comments. */
const linesAreShort: Law = (tree) =>
  eachLine(tree, isCode, (line) =>
    line.length > lineMax && !line.includes('://') ? `has ${line.length} columns, ${lineMax} fit` : null,
  );

const chosen = /\b(describe|it|test)(\.concurrent)?\.(only|skip|todo)\b|\b(fdescribe|fit|xdescribe|xit|xtest)\(/;
/** The one skip there is: on a machine without Java, or without kcat; CI makes a failure of it. */
const withoutKafka = /(sharedKafka|kafkaAvailability|kcatAvailability)\(\)\.available \? describe : describe\.skip/;

/** A spec runs, or is deleted. */
const specsRun: Law = (tree) =>
  eachLine(
    tree,
    (path) => isSpec(path) && !isLaw(path),
    (line) => (chosen.test(line.replace(withoutKafka, '')) ? 'chooses which specs run' : null),
  );

interface Manifest {
  name?: string;
  private?: boolean;
  exports?: Record<string, unknown>;
  nx?: { tags?: string[] };
}

function manifestFaults(path: string, { name, private: isPrivate, exports, nx }: Manifest): string[] {
  const faults: string[] = [];
  if (nx?.tags?.length !== 1) faults.push(`${path} needs one layer tag`);
  if (isPrivate !== true) faults.push(`${path} is not private`);
  if (path === 'package.json') return faults;
  if (name?.startsWith('@quorate/') !== true) faults.push(`${path} is not named @quorate/…`);
  if (Object.keys(exports ?? {}).join() !== '.') faults.push(`${path} needs one door, "."`);
  return faults;
}

/** Every package stands in a layer and has one door. */
const packagesHaveALayer: Law = ({ files }) =>
  [...files]
    .filter(([path]) => /^((apps|libs|infra)\/[^/]+\/|tests\/|bench\/|)package\.json$/.test(path))
    .flatMap(([path, text]) => manifestFaults(path, JSON.parse(text) as Manifest));

const isExternal = (target: string) => /^([a-z]+:|#|\/)/i.test(target);

function resolvePath(from: string, target: string): string {
  const resolved = new URL(target, `tree:///${from}`).pathname;
  return decodeURIComponent(resolved).replace(/^\//, '').replace(/\/$/, '');
}

function withoutFences(text: string): string {
  return text.replaceAll(/^```[^]*?^```/gm, (fence) => fence.replaceAll(/[^\n]/g, ''));
}

function pathsOf(line: string, from: string): string[] {
  const links = [...line.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((to) => !isExternal(to));
  const inline = [...line.matchAll(/`((?:apps|libs|infra|tests|bench|tools|docs|\.ci|\.github)\/[^`\s]*)`/g)];
  return [
    ...links.map((target) => resolvePath(from, target.replace(/#.*$/, ''))),
    ...inline.map(([, path = '']) => path.replace(/(:\d+)?[/.,]*$/, '')),
  ];
}

/** A path with a `*`, a `<name>`, `{a,b}` or `…` is a pattern for the reader. */
const isPattern = (path: string) => /[*<{…$]|\/dist(\/|$)/.test(path);

/** A path in a document leads somewhere. */
const documentsPointSomewhere: Law = (tree) => {
  const known = new Set<string>(['']);
  for (const path of tree.files.keys()) {
    for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) known.add(path.slice(0, at));
  }
  const documents = [...tree.files].filter(([path]) => path.endsWith('.md') && path !== 'CHANGELOG.md');
  return documents.flatMap(([from, text]) =>
    eachLine({ files: new Map([[from, withoutFences(text)]]) }, Boolean, (line) => {
      const lost = pathsOf(line, from).find((path) => !isPattern(path) && !known.has(path));
      return lost === undefined ? null : `points to ${lost}, which does not exist`;
    }),
  );
};

export const laws: Readonly<Record<string, Law>> = {
  namesSaySomething,
  leftoversHaveAnIssue,
  linesAreShort,
  specsRun,
  packagesHaveALayer,
  documentsPointSomewhere,
};
