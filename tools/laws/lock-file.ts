/** npm leaves platforms out of package-lock.json that it cannot look up (npm/cli#4828), and then refuses to install. */

export interface LockedPackage {
  version?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  cpu?: string[];
  os?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export type LockedPackages = Record<string, LockedPackage>;

interface Missing {
  name: string;
  version: string;
  wantedBy: LockedPackage;
}

/** Every place from which `path` may take `name`, nearest first. */
function* places(path: string, name: string): Generator<string> {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    yield `${at}/node_modules/${name}`;
  }
  yield `node_modules/${name}`;
}

/** The optional packages that a lock file names, but does not hold. */
export function missingPlatforms(packages: LockedPackages): Missing[] {
  return Object.entries(packages).flatMap(([path, wantedBy]) =>
    Object.entries(wantedBy.optionalDependencies ?? {})
      .filter(([name]) => ![...places(path, name)].some((place) => place in packages))
      .map(([name, version]) => ({ name, version, wantedBy })),
  );
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];
const libraries: Record<string, string> = { gnu: 'glibc', musl: 'musl' };

/** The entry of a platform's package, whose name says its system, processor and C library. */
export function platformEntry({ name, version, wantedBy }: Missing): LockedPackage {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const libc = words.flatMap((word) => libraries[word] ?? []);
  return {
    version,
    cpu: words.filter((word) => processors.includes(word)),
    ...(wantedBy.dev === true && { dev: true }),
    ...(libc.length > 0 && { libc }),
    license: wantedBy.license ?? 'MIT',
    optional: true,
    os: words.filter((word) => systems.includes(word)),
  };
}
