/** A stand-in for MySQL that speaks as much of its protocol as a log-in and a query take. */
import { createHash } from 'node:crypto';
import type { Issued } from './certificates.ts';
import type { Peer, PeerScript } from './peer-server.ts';

export type MysqlError = readonly [code: number, message: string];

export interface MysqlStandInSettings {
  readonly version?: string;
  readonly plugin?: string;
  /** Asks to log in by this one, after the first try. */
  readonly switchTo?: string;
  /** Asks for the password itself, as with an empty cache of `caching_sha2_password`. */
  readonly isCacheEmpty?: boolean;
  readonly password?: string;
  /** Offers TLS where given. */
  readonly issued?: Issued;
  /** Instead of a greeting. */
  readonly refusal?: MysqlError;
  readonly logInError?: MysqlError;
  readonly queryError?: MysqlError;
  readonly pingError?: MysqlError;
  /** What a query gives: the columns of one row, or none. */
  readonly row?: readonly (string | null)[] | null;
  /** Answers a query by asking for a file of the client. */
  readonly asksForFile?: boolean;
}

const nonce = Buffer.from('abcdefghijklmnopqrst');
const ok = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
const end = Buffer.from([0xfe, 0, 0, 2, 0]);
const tlsFlag = 0x08;
const usualPlugin = 'caching_sha2_password';

function le(value: number, byteCount: number): Buffer {
  const bytes = Buffer.alloc(byteCount);
  bytes.writeUIntLE(value, 0, byteCount);
  return bytes;
}

export function mysqlPacket(sequence: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([le(body.length, 3), Buffer.from([sequence]), body]);
}

const error = ([code, message]: MysqlError): Buffer =>
  Buffer.concat([Buffer.from([0xff]), le(code, 2), Buffer.from(`#HY000${message}`)]);

function greetingOf({ version = '8.4.0', plugin = usualPlugin, issued }: MysqlStandInSettings): Buffer {
  const flags = [0xff, issued === undefined ? 0xf7 : 0xff];
  const head = [Buffer.from([10]), Buffer.from(`${version}\0`), le(7, 4), nonce.subarray(0, 8), Buffer.from([0])];
  const numbers = [Buffer.from(flags), Buffer.from([45, 2, 0, 0xff, 0xdf, 21]), Buffer.alloc(10)];
  return Buffer.concat([...head, ...numbers, nonce.subarray(8), Buffer.from([0]), Buffer.from(`${plugin}\0`)]);
}

const hash = (algorithm: string, ...parts: Buffer[]): Buffer =>
  createHash(algorithm).update(Buffer.concat(parts)).digest();
const xor = (left: Buffer, right: Buffer): Buffer => Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));

/** What the client must answer. */
function proofOf(plugin: string, password: Buffer): Buffer {
  if (plugin === 'mysql_native_password') {
    const once = hash('sha1', password);
    return xor(once, hash('sha1', nonce, hash('sha1', once)));
  }
  const once = hash('sha256', password);
  return xor(once, hash('sha256', hash('sha256', once), nonce));
}

const short = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const variableText = 0xfd;

/** Catalogue, no schema or table, the name twice; then a block of twelve bytes: collation, length, type, flags. */
function columnDefinition(name: string): Buffer {
  const names = ['def', '', '', '', name, name].map(short);
  const block = [le(45, 2), le(1_024, 4), le(variableText, 1), le(0, 2), le(0, 1), le(0, 2)];
  return Buffer.concat([...names, Buffer.from([12]), ...block]);
}

class MysqlPlay {
  readonly #peer: Peer;
  readonly #settings: MysqlStandInSettings;
  #sequence = 0;

  constructor(peer: Peer, settings: MysqlStandInSettings) {
    this.#peer = peer;
    this.#settings = settings;
  }

  async run(): Promise<void> {
    const { refusal, issued } = this.#settings;
    if (refusal !== undefined) return this.#say(error(refusal));
    this.#say(greetingOf(this.#settings));
    let logIn = await this.#hear();
    if (issued !== undefined && ((logIn[1] ?? 0) & tlsFlag) !== 0) {
      await this.#peer.startTls(issued);
      logIn = await this.#hear();
    }
    if (await this.#isLetIn(logIn)) await this.#answerCommands();
    else this.#say(error([1_045, "Access denied for user 'watcher'@'10.0.0.1' (using password: YES)"]));
  }

  async #isLetIn(logIn: Buffer): Promise<boolean> {
    const { logInError, isCacheEmpty = false, switchTo, password } = this.#settings;
    const nameEnd = logIn.indexOf(0, 32);
    let given = logIn.subarray(nameEnd + 2, nameEnd + 2 + (logIn[nameEnd + 1] ?? 0));
    if (logInError !== undefined) this.#say(error(logInError));
    if (switchTo !== undefined)
      given = await this.#askFor(Buffer.from(`\xfe${switchTo}\0${nonce.toString()}\0`, 'latin1'));
    if (isCacheEmpty) given = await this.#askFor(Buffer.from([1, 4]));
    return password === undefined ? given.length === 0 : given.equals(this.#wanted(password));
  }

  async #askFor(request: Buffer): Promise<Buffer> {
    this.#say(request);
    return await this.#hear();
  }

  /** What the client must have answered last. */
  #wanted(password: string): Buffer {
    const { plugin = usualPlugin, switchTo = plugin, isCacheEmpty = false } = this.#settings;
    const isWhole = isCacheEmpty || switchTo === 'mysql_clear_password';
    return isWhole ? Buffer.from(`${password}\0`) : proofOf(switchTo, Buffer.from(password));
  }

  async #answerCommands(): Promise<void> {
    const { isCacheEmpty = false, plugin, switchTo, password } = this.#settings;
    const isCached = (switchTo ?? plugin ?? usualPlugin) === usualPlugin && !isCacheEmpty;
    if (isCached && password !== undefined) this.#say(Buffer.from([1, 3]));
    this.#say(ok);
    while (true) {
      this.#sequence = 0;
      const command = await this.#hear();
      if (command[0] === 0x01) return this.#peer.end();
      this.#answer(command);
    }
  }

  #answer(command: Buffer): void {
    const { pingError } = this.#settings;
    if (command[0] === 0x0e) return this.#say(pingError === undefined ? ok : error(pingError));
    if (/^.(SET|START)/.test(command.toString())) return this.#say(ok);
    this.#answerQuery();
  }

  #answerQuery(): void {
    const { row = ['1'], queryError, asksForFile = false } = this.#settings;
    if (asksForFile) return this.#say(Buffer.from('\xfb/etc/passwd', 'latin1'));
    if (queryError !== undefined) return this.#say(error(queryError));
    this.#say(Buffer.from([row?.length ?? 1]));
    for (const [index] of (row ?? [null]).entries()) this.#say(columnDefinition(`column${index}`));
    this.#say(end);
    if (row !== null) this.#say(...row.map(columnOf));
    this.#say(end);
  }

  async #hear(): Promise<Buffer> {
    const header = await this.#peer.take(4);
    this.#sequence = (header[3] ?? 0) + 1;
    return await this.#peer.take(header.readUIntLE(0, 3));
  }

  #say(...parts: readonly Buffer[]): void {
    this.#peer.write(mysqlPacket(this.#sequence++, ...parts));
  }
}

function columnOf(value: string | null): Buffer {
  if (value === null) return Buffer.from([0xfb]);
  const bytes = Buffer.from(value);
  const length =
    bytes.length < 0xfb ? Buffer.from([bytes.length]) : Buffer.concat([Buffer.from([0xfc]), le(bytes.length, 2)]);
  return Buffer.concat([length, bytes]);
}

export function mysqlStandIn(settings: MysqlStandInSettings = {}): PeerScript {
  return async (peer) => await new MysqlPlay(peer, settings).run();
}
