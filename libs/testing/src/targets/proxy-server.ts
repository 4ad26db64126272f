/** Proxies that do as they should, on the loopback interface: HTTP (relaying and CONNECT) and SOCKS5. */
import { createServer, request as passOn, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createPlainServer, type Socket } from 'node:net';
import type { Issued } from './certificates.ts';
import { closeServer, listenOnLoopback } from './listen.ts';

export interface ProxyServerSettings {
  /** Whom it lets through; anyone when left out. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Makes it one that is spoken to over TLS. */
  readonly issued?: Issued;
  /** Where a name leads; to the loopback interface when left out, with addresses as they are. */
  readonly hosts?: Readonly<Record<string, string>>;
}

export interface ProxyServer {
  readonly port: number;
  /** What it was asked for, such as `CONNECT shop.test:443` or `GET http://shop.test/`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

class Ends {
  readonly #sockets = new Set<Socket>();

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function join(client: Socket, target: Socket): void {
  client.pipe(target).pipe(client);
  client.on('close', () => target.destroy());
  target.on('close', () => client.destroy());
}

function isLetIn({ headers }: IncomingMessage, { credentials }: ProxyServerSettings): boolean {
  if (credentials === undefined) return true;
  const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return headers['proxy-authorization'] === `Basic ${pair}`;
}

export async function startHttpProxy(settings: ProxyServerSettings = {}): Promise<ProxyServer> {
  const { issued, hosts = {} } = settings;
  const asked: string[] = [];
  const ends = new Ends();
  const relay = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '', headers } = request;
    asked.push(`${method} ${url}`);
    if (!isLetIn(request, settings)) return void response.writeHead(407).end('who are you?');
    const { hostname, port, pathname, search } = new URL(url);
    const { 'proxy-authorization': _taken, ...passed } = headers;
    const target = { host: hosts[hostname] ?? '127.0.0.1', port, path: pathname + search, method, headers: passed };
    const onward = passOn(target, (answer) =>
      answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers)),
    );
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  };
  const server: Server = issued === undefined ? createServer(relay) : createSecureServer(issued, relay);
  server.on('connection', (socket: Socket) => ends.add(socket));
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(`CONNECT ${request.url ?? ''}`);
    ends.add(client);
    if (!isLetIn(request, settings)) return void client.end('HTTP/1.1 407 Who are you\r\n\r\n');
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const target = connect({ host: hosts[hostname] ?? '127.0.0.1', port: Number(port || '80') });
    ends.add(target);
    target.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    target.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      join(client, target);
    });
  });
  const port = await listenOnLoopback(server);
  return { port, asked, close: async () => await closeAll(server, ends) };
}

async function closeAll(server: Parameters<typeof closeServer>[0], ends: Ends): Promise<void> {
  ends.destroy();
  await closeServer(server);
}

const addressTypeName = 3;
const addressTypeIpv6 = 4;
const byPassword = 2;

interface SocksRequest {
  readonly host: string;
  readonly port: number;
}

function readRequest(bytes: Buffer): SocksRequest {
  const type = bytes[3] ?? 0;
  const start = type === addressTypeName ? 5 : 4;
  const length = { [addressTypeName]: bytes[4] ?? 0, [addressTypeIpv6]: 16 }[type] ?? 4;
  const address = bytes.subarray(start, start + length);
  const port = bytes.readUInt16BE(start + length);
  if (type === addressTypeName) return { host: address.toString('latin1'), port };
  if (type === addressTypeIpv6) return { host: address.toString('hex'), port };
  return { host: address.join('.'), port };
}

export async function startSocksProxy({ credentials, hosts = {} }: ProxyServerSettings = {}): Promise<ProxyServer> {
  const asked: string[] = [];
  const ends = new Ends();
  const next = async (client: Socket): Promise<Buffer> => await new Promise((resolve) => client.once('data', resolve));
  const serve = async (client: Socket): Promise<void> => {
    const [, , ...methods] = await next(client);
    const method = credentials === undefined ? 0 : byPassword;
    if (!methods.includes(method)) return void client.end(Buffer.from([5, 0xff]));
    client.write(Buffer.from([5, method]));
    if (credentials !== undefined) {
      const { username, password } = credentials;
      const [, length = 0, ...rest] = await next(client);
      const text = Buffer.from(rest);
      const isKnown = text.toString('utf8', 0, length) === username && text.toString('utf8', length + 1) === password;
      if (!isKnown) return void client.end(Buffer.from([1, 1]));
      client.write(Buffer.from([1, 0]));
    }
    const { host, port } = readRequest(await next(client));
    asked.push(`${host}:${port}`);
    const target = connect({ host: hosts[host] ?? '127.0.0.1', port });
    ends.add(target);
    target.once('error', () => client.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
    target.once('connect', () => {
      client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      join(client, target);
    });
  };
  const server = createPlainServer((client) => {
    ends.add(client);
    void serve(client);
  });
  const port = await listenOnLoopback(server);
  return { port, asked, close: async () => await closeAll(server, ends) };
}
