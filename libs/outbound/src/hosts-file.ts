/** Names of the machine's own hosts file, which c-ares does not read. Containers and test machines rely on it. */
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';

/** How long what was read is taken as the present. */
const freshMs = 5_000;
/** A larger file is a block list of advertisers, not names of hosts that someone monitors. */
const fileBytesMax = 1024 * 1024;

export class HostsFile {
  readonly #path: string;
  #addresses: ReadonlyMap<string, readonly string[]> = new Map();
  #readAt = -Infinity;

  constructor(path: string) {
    this.#path = path;
  }

  /** The addresses of a lower-case name, in the file's order. A file that cannot be read has none. */
  async addressesOf(name: string): Promise<readonly string[]> {
    if (performance.now() - this.#readAt > freshMs) await this.#read();
    return this.#addresses.get(name) ?? [];
  }

  async #read(): Promise<void> {
    this.#readAt = performance.now();
    const text = await readSmallFile(this.#path);
    this.#addresses = parseHosts(text);
  }
}

async function readSmallFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    return size > fileBytesMax ? '' : await readFile(path, 'utf8');
  } catch {
    // A machine without a hosts file is a normal one (a bare container), and the name servers still answer.
    return '';
  }
}

function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const addresses = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names)
      addresses.set(name.toLowerCase(), [...(addresses.get(name.toLowerCase()) ?? []), address]);
  }
  return addresses;
}
