/** Runs the system's `ping`: the one program of a machine that may send ICMP without Quorate having to be root. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Failure } from '../attempt/failure.ts';
import { codeOf } from '../exchange/connection.ts';
import type { PingOutput } from './ping-output.ts';

/** Processes at a time; further ones wait for their turn, as long as their probes have time. */
const processesMax = 64;
/** Before the end of its time `ping` is asked to stop waiting, so that it can still say what it counted. */
const summaryShare = 0.1;
const summaryMsMax = 500;

/** Where `ping` is, whatever the environment says: nothing that a user sets leads to another program. */
const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Between two echo requests: what iputils of any age grants to everyone, or less where time is short. */
const spacingMs = 200;
const sendingShare = 0.6;

export interface PingRequest {
  /** Checked by the guard, and a literal: nothing that `ping` could take for an option or look up. */
  readonly address: string;
  readonly count: number;
  /** How long is left. */
  readonly remainingMs: number;
}

interface Run {
  start(): void;
}

function argumentsOf({ address, count, remainingMs }: PingRequest): string[] {
  const spacing = Math.min(spacingMs, (remainingMs * sendingShare) / count) / 1_000;
  return ['-n', '-c', String(count), '-i', spacing.toFixed(3), '--', address];
}

function spawnFailure(code: string): Failure {
  if (code === 'ENOENT') {
    return new Failure('prober.unsupported', 'there is no ping on the prober’s machine: install iputils-ping');
  }
  if (code === 'EACCES') {
    return new Failure('prober.unsupported', 'the prober may not run ping: let its user execute it');
  }
  return new Failure('prober.internal', `ping could not be started (${code})`);
}

export class Pinger {
  readonly #command: string;
  readonly #waiting = new Set<Run>();
  #running = 0;

  constructor(command = 'ping') {
    this.#command = command;
  }

  /**
   * Calls `ended` once, when `ping` has said all that it has to say, or could not. Returns what gives it up, at any
   * time and as often as one likes, and tells whether it had begun.
   */
  ping(
    request: () => PingRequest,
    { output, heard }: { readonly output: PingOutput; readonly heard: () => void },
    ended: (failure: Failure | null) => void,
  ): () => boolean {
    let child: ChildProcess | null = null;
    const run: Run = {
      start: () => {
        child = this.#spawn(request(), ended);
        child.stdout?.setEncoding('utf8').on('data', (text: string) => {
          output.wrote(text);
          heard();
        });
        child.stderr?.setEncoding('utf8').on('data', (text: string) => output.complained(text));
      },
    };
    this.#waiting.add(run);
    this.#startNext();
    return () => {
      this.#waiting.delete(run);
      child?.kill('SIGKILL');
      return child !== null;
    };
  }

  #startNext(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#running >= processesMax) return;
    this.#waiting.delete(next);
    this.#running += 1;
    next.start();
  }

  #spawn(request: PingRequest, ended: (failure: Failure | null) => void): ChildProcess {
    const child = spawn(this.#command, argumentsOf(request), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { LC_ALL: 'C', PATH: searchPath },
    });
    const waitMs = request.remainingMs - Math.min(summaryMsMax, request.remainingMs * summaryShare);
    const timer = setTimeout(() => child.kill('SIGINT'), waitMs);
    const end = (failure: Failure | null): void => {
      clearTimeout(timer);
      child
        .removeAllListeners('close')
        .removeAllListeners('error')
        .on('error', () => undefined);
      this.#running -= 1;
      ended(failure);
      this.#startNext();
    };
    child.on('close', () => end(null));
    child.on('error', (error) => end(spawnFailure(codeOf(error))));
    return child;
  }
}
