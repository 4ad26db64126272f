/**
 * How PostgreSQL's programs are started: as which user, and so that the server ends with this process. On Linux
 * `setpriv` does both; elsewhere the server may outlive a killed process and is stopped at the next start.
 */
import { spawn, execFile, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { PostgresStartError } from './errors.ts';
import type { Identity } from './identity.ts';
import { folderInTheWay } from './reach.ts';

export type Launch = (program: string, programArguments: readonly string[], stdin: 'ignore' | 'pipe') => ChildProcess;

const run = promisify(execFile);

/**
 * What lets a server of another user get through folders that only root may enter: the right to look things up, and
 * nothing else. `no_setuid_fixup` keeps it in force for access(2), by which PostgreSQL finds its own files.
 */
const passThrough = [
  '--securebits=+no_setuid_fixup',
  '--inh-caps=-all,+dac_read_search',
  '--ambient-caps=+dac_read_search',
];

/** SIGINT is PostgreSQL's fast shutdown. */
const endWithParent = ['--pdeathsig', 'INT'];

function become(identity: Identity | null): string[] {
  return identity === null ? [] : [`--reuid=${identity.uid}`, `--regid=${identity.gid}`, '--clear-groups'];
}

async function works(flags: readonly string[]): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  return run('setpriv', [...flags, '--', 'true']).then(
    () => true,
    () => false,
  );
}

function environmentOf(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** Detached, so that Ctrl-C at a terminal reaches us and not the server, which has to outlive our drain. */
function launchWith(flags: readonly string[]): Launch {
  return (program, programArguments, stdin) =>
    spawn('setpriv', [...flags, '--', program, ...programArguments], {
      stdio: [stdin, 'pipe', 'pipe'],
      detached: true,
      env: environmentOf(),
    });
}

function launchPlainly(identity: Identity | null): Launch {
  return (program, programArguments, stdin) => {
    const options: SpawnOptions = { stdio: [stdin, 'pipe', 'pipe'], env: environmentOf(), ...identity };
    return spawn(program, programArguments, options);
  };
}

async function firstInTheWay(paths: readonly string[], identity: Identity | null): Promise<string | null> {
  for (const path of identity === null ? [] : paths) {
    const found = await folderInTheWay(path, identity as Identity);
    if (found !== null) return found;
  }
  return null;
}

/** @throws PostgresStartError when `identity` can't get at the programs or the data. */
export async function launcherFor(identity: Identity | null, paths: Binaries & { data: string }): Promise<Launch> {
  const inTheWay = await firstInTheWay([paths.postgres, paths.data], identity);
  const flags = [...(inTheWay === null ? [] : passThrough), ...become(identity), ...endWithParent];
  if (await works(flags)) return launchWith(flags);
  if (inTheWay === null) return launchPlainly(identity);
  throw new PostgresStartError(
    `PostgreSQL runs as the user postgres, who may not enter ${inTheWay}. ` +
      `Let it through (chmod o+x ${inTheWay}), start Quorate elsewhere or as another user, or set DATABASE_URL`,
  );
}
