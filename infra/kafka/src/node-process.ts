/** One JVM with one Kafka node, which never outlives the process that started it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const readyMsMax = 180_000;
const stopMsMax = 20_000;
const pollMs = 50;
const logLinesShown = 15;

const heapOptions = ['-Xms256m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * Starts java and prints its process id. The shell's standard input comes from us: when we die, however suddenly, it
 * closes, java is killed and the cluster's data removed.
 */
const guardedJava = `
exec 3<&0
log=$1 cluster=$2
shift 2
java "$@" >>"$log" 2>&1 3<&- &
node=$!
echo $node
{ cat <&3 >/dev/null; kill -9 $node 2>/dev/null; rm -rf "$cluster"; } &
guard=$!
wait $node
kill $guard
`;

export interface NodeLayout {
  /** Holds `server.properties` and `broker.log`; its parent is the whole cluster's. */
  readonly folder: string;
  readonly jarFolder: string;
  /** The node is ready when it takes connections at each. */
  readonly ports: readonly number[];
}

/** Writes the node's storage; needed once before its first start. */
export async function formatStorage(
  { folder, jarFolder }: NodeLayout,
  storageArguments: readonly string[],
): Promise<void> {
  const tool = ['-cp', `${jarFolder}/*`, 'kafka.tools.StorageTool', ...storageArguments];
  await promisify(execFile)('java', [...tool, '-c', join(folder, 'server.properties')], { timeout: readyMsMax });
}

export class NodeProcess {
  readonly #layout: NodeLayout;
  #guard: ChildProcess | null = null;
  #processId: number | null = null;

  constructor(layout: NodeLayout) {
    this.#layout = layout;
  }

  /** Resolves once the node takes connections. */
  async start(): Promise<void> {
    const { folder, jarFolder } = this.#layout;
    const main = ['-cp', `${jarFolder}/*`, 'kafka.Kafka', join(folder, 'server.properties')];
    const script = ['-c', guardedJava, 'kafka', join(folder, 'broker.log'), dirname(folder)];
    const guard = spawn('sh', [...script, ...heapOptions, ...main], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#guard = guard;
    guard.once('exit', () => {
      if (this.#guard === guard) this.#guard = null;
      guard.stdin.destroy();
    });
    const [line] = (await once(createInterface(guard.stdout), 'line')) as [string];
    this.#processId = Number(line);
    letTheProcessEnd(guard);
    await this.#untilReady();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#guard === null || this.#processId === null) throw new Error('The Kafka node does not run');
    process.kill(this.#processId, signal);
  }

  /** Ends the node with `signal`, and with SIGKILL where that is not enough; resolves when it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const guard = this.#guard;
    if (guard === null) return;
    guard.ref();
    const gone = once(guard, 'exit');
    this.signal('SIGCONT');
    this.signal(signal);
    const ended = await Promise.race([gone.then(() => true), sleep(stopMsMax, false, { ref: false })]);
    if (ended) return;
    this.signal('SIGKILL');
    await gone;
  }

  async #untilReady(): Promise<void> {
    const deadline = performance.now() + readyMsMax;
    while (!(await takeConnections(this.#layout.ports))) {
      if (this.#guard === null) throw new Error(`The Kafka node ended before it was ready:\n${this.#lastLines()}`);
      if (performance.now() > deadline) throw new Error(`The Kafka node is not ready:\n${this.#lastLines()}`);
      await sleep(pollMs);
    }
  }

  #lastLines(): string {
    const lines = readFileSync(join(this.#layout.folder, 'broker.log'), 'utf8').trimEnd().split('\n');
    return lines.slice(-logLinesShown).join('\n');
  }
}

/** A node that was never stopped must not keep us running; it ends with us. */
function letTheProcessEnd(guard: ChildProcess): void {
  guard.unref();
  for (const pipe of [guard.stdin, guard.stdout]) (pipe as unknown as { unref(): void }).unref();
}

async function takeConnections(ports: readonly number[]): Promise<boolean> {
  const taken = await Promise.all(ports.map(takesConnections));
  return taken.every((takes) => takes);
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
