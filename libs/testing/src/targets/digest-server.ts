/** A server that demands digest credentials, and takes them only as RFC 7616 writes them, to the letter. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from './listen.ts';

export interface DigestServerSettings {
  readonly username: string;
  readonly password: string;
  /** `MD5` when left out, and then the challenge doesn't name it. */
  readonly algorithm?: 'MD5' | 'SHA-256' | 'SHA-512-256' | 'MD5-sess' | 'SHA-256-sess';
  /** Null asks in the way of RFC 2069. */
  readonly qop?: 'auth' | 'auth-int' | 'auth,auth-int' | null;
  readonly userhash?: boolean;
  /** How many requests a nonce serves before it is stale. */
  readonly nonceUsesMax?: number;
  /** Challenges that are offered before its own, one field each. */
  readonly before?: readonly string[];
  /** Closes each connection after its first answer. */
  readonly closes?: boolean;
}

const defaults = { qop: 'auth', userhash: false, nonceUsesMax: Infinity, before: [], closes: false } as const;
type Settled = DigestServerSettings & Required<Pick<DigestServerSettings, keyof typeof defaults>>;

export type DigestPage = (request: IncomingMessage, response: ServerResponse) => void;

const realm = 'the "inner", quoted realm';
const opaque = 'an, opaque "thing"';
const hashes: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };
const quotedOnes = ['username', 'realm', 'nonce', 'uri', 'response', 'opaque', 'cnonce'];
const plainOnes = ['algorithm', 'qop', 'nc', 'userhash'];

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

const fieldPattern = /^([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))(?:, |$)/;

/** Null where a field is quoted that must not be, or the other way round, or where there is anything else. */
function fieldsOf(header: string): Map<string, string> | null {
  const fields = new Map<string, string>();
  let rest = header.replace(/^Digest /, '');
  while (rest !== '') {
    const match = fieldPattern.exec(rest);
    if (match === null) return null;
    const [whole, name = '', quoted, plain = ''] = match;
    const isRight = (quoted === undefined ? plainOnes : quotedOnes).includes(name);
    if (!isRight || fields.has(name)) return null;
    fields.set(name, quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
    rest = rest.slice(whole.length);
  }
  return fields;
}

type Hasher = (...parts: (string | Buffer)[]) => string;

/** Hashes parts with a colon between them. */
function hasherOf(algorithm: string): Hasher {
  const [family = ''] = algorithm.split('-sess');
  return (...parts) => {
    const hash = createHash(hashes[family] ?? '');
    for (const [index, part] of parts.entries()) hash.update(index === 0 ? '' : ':').update(part);
    return hash.digest('hex');
  };
}

export class DigestServer {
  /** The Authorization headers that came, and null for a request without one. */
  readonly authorizations: (string | null)[] = [];
  /** The port that each request came from: one a connection. */
  readonly peers: (number | undefined)[] = [];
  readonly #settings: Settled;
  readonly #pages: ReadonlyMap<string, DigestPage>;
  readonly #server: Server;
  /** How often each nonce was used, by its count. */
  readonly #nonces = new Map<string, number>();
  port = 0;

  constructor(settings: DigestServerSettings, pages: ReadonlyMap<string, DigestPage>) {
    this.#settings = { ...defaults, ...settings };
    this.#pages = pages;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<void> {
    this.port = await listenOnLoopback(this.#server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await closeServer(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const header = request.headers.authorization ?? null;
    this.authorizations.push(header);
    this.peers.push(request.socket.remotePort);
    if (this.#settings.closes) response.setHeader('connection', 'close');
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const judged = header === null ? 'refused' : this.#judge(request, header, Buffer.concat(pieces));
    if (judged === 'good') this.#answer(request, response);
    else this.#challenge(response, judged === 'stale');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const page = this.#pages.get(request.url ?? '');
    if (page === undefined) response.writeHead(200).end('welcome');
    else page(request, response);
  }

  #challenge(response: ServerResponse, isStale: boolean): void {
    const { algorithm, qop, userhash, before } = this.#settings;
    const nonce = `nonce, number ${this.#nonces.size}=`;
    this.#nonces.set(nonce, 0);
    const parameters = [
      `realm=${quote(realm)}`,
      ...(qop === null ? [] : [`qop="${qop}"`]),
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      `nonce=${quote(nonce)}`,
      `opaque=${quote(opaque)}`,
      ...(isStale ? ['stale=true'] : []),
      ...(userhash ? ['charset=UTF-8', 'userhash=true'] : []),
    ];
    response.writeHead(401, { 'www-authenticate': [...before, `Digest ${parameters.join(', ')}`] }).end('who are you?');
  }

  #judge(request: IncomingMessage, header: string, body: Buffer): 'good' | 'refused' | 'stale' {
    // Header fields are bytes, and names are in UTF-8.
    const fields = fieldsOf(Buffer.from(header, 'latin1').toString('utf8'));
    const nonce = fields?.get('nonce') ?? '';
    const last = this.#nonces.get(nonce);
    if (fields === null || last === undefined || !this.#isRight(fields, request, body)) return 'refused';
    const count = this.#settings.qop === null ? last + 1 : Number(`0x${fields.get('nc')}`);
    if (count > this.#settings.nonceUsesMax) return 'stale';
    if (count !== last + 1) return 'refused';
    this.#nonces.set(nonce, count);
    return 'good';
  }

  #isRight(fields: ReadonlyMap<string, string>, request: IncomingMessage, body: Buffer): boolean {
    const { username, algorithm, qop, userhash } = this.#settings;
    const { method = '', url = '' } = request;
    const hash = hasherOf(algorithm ?? 'MD5');
    const get = (name: string): string => fields.get(name) ?? '';
    const chosen = get('qop');
    const second = chosen === 'auth-int' ? hash(method, url, hash(body)) : hash(method, url);
    const counted = qop === null ? [] : [get('nc'), get('cnonce'), chosen];
    const expected = {
      ...(userhash ? { username: hash(username, realm), userhash: 'true' } : { username }),
      realm,
      opaque,
      uri: url,
      algorithm,
      response: hash(this.#keyOf(get('nonce'), get('cnonce')), get('nonce'), ...counted, second),
    };
    const isCounted = qop === null || (qop.split(',').includes(chosen) && /^[0-9a-f]{8}$/.test(get('nc')));
    return isCounted && Object.entries(expected).every(([name, value]) => fields.get(name) === value);
  }

  #keyOf(nonce: string, cnonce: string): string {
    const { username, password, algorithm = 'MD5' } = this.#settings;
    const hash = hasherOf(algorithm);
    const key = hash(username, realm, password);
    return algorithm.endsWith('-sess') ? hash(key, nonce, cnonce) : key;
  }
}

/** On a free port of the loopback interface. Pages are served to whom it believes; others say `welcome`. */
export async function startDigestServer(
  settings: DigestServerSettings,
  pages: ReadonlyMap<string, DigestPage> = new Map(),
): Promise<DigestServer> {
  const server = new DigestServer(settings, pages);
  await server.start();
  return server;
}
