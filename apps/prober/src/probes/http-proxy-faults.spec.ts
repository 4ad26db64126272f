import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, parseAllowList } from '@quorate/outbound';
import {
  answering,
  startRawServer,
  startSocksProxy,
  type ProxyServer,
  type RawServer,
  type Script,
} from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings } from './surroundings.ts';

const stop = new AbortController();
const credentials = { username: 'me', password: 'open sesame' };
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const guard = new AddressGuard(parseAllowList('127.0.0.0/8, 2001:db8::/32'));
const surroundings = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal });
let proxy: ProxyServer | null = null;
let raw: RawServer | null = null;

afterEach(async () => {
  await proxy?.close();
  await raw?.close();
  proxy = raw = null;
});
afterAll(() => stop.abort());

interface LookSettings {
  readonly url: string;
  readonly proxyUrl: string;
  readonly login?: object;
  readonly timeoutMs?: number;
}

async function look({ url, proxyUrl, login = {}, timeoutMs = 2_000 }: LookSettings): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url, proxy: { url: proxyUrl, ...login } });
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: 0, timeoutMs });
}

describe('an HTTP proxy that answers CONNECT with', () => {
  const cases: [string, string, Parameters<typeof answering>, RegExp][] = [
    [
      '502',
      'proxy.refused',
      [['HTTP/1.1 502 Bad Gateway\r\n\r\n']],
      /could not connect to shop\.test:443 \(it answered 502\)/,
    ],
    ['403', 'proxy.refused', [['HTTP/1.1 403 No\r\n\r\n']], /does not allow a connection to shop\.test:443 \(403\)/],
    ['a redirect', 'proxy.refused', [['HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n']], /it answered 302/],
    ['a page', 'proxy.refused', [['HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno']], /it answered 404/],
    [
      '407',
      'proxy.auth',
      [['HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n\r\n']],
      /wants a user name and a password/,
    ],
    [
      'nonsense',
      'proxy.protocol',
      [['SSH-2.0-OpenSSH_9.2\r\n'], 'silence'],
      /is no HTTP proxy: the answer is not HTTP/,
    ],
    ['SOCKS', 'proxy.protocol', [[Buffer.from([5, 0])], 'silence'], /is no HTTP proxy/],
    ['HTTP/2.0', 'proxy.protocol', [['HTTP/2.0 200 OK\r\n\r\n']], /answered with HTTP\/2\.0/],
    ['nothing', 'proxy.protocol', [[], 'end'], /closed the connection without an answer/],
    ['a reset', 'proxy.protocol', [[], 'reset'], /reset the connection without an answer/],
    ['half a head', 'proxy.protocol', [['HTTP/1.1 200 Conn'], 'end'], /closed the connection within its answer/],
    [
      'headers without end',
      'proxy.protocol',
      [[`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(900)}`], 'silence'],
      /head has more/,
    ],
    [
      'one header without end',
      'proxy.protocol',
      [[`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(99_999)}`], 'silence'],
      /head has more/,
    ],
    ['silence', 'proxy.timeout', [[], 'silence'], /did not answer in time: timed out after 0\.3 s, connecting/],
    ['a byte and silence', 'proxy.timeout', [['H'], 'silence'], /did not answer in time/],
  ];
  it.each(cases)('%s is down: %s', async (_what, reason, answer, words) => {
    raw = await startRawServer(answering(...answer));
    const settings = { url: 'https://shop.test/', proxyUrl: `http://127.0.0.1:${raw.port}`, timeoutMs: 300 };
    const evidence = await look(settings);
    expect(evidence).toMatchObject({ outcome: 'down', reason, statusCode: null, address: '127.0.0.1' });
    expect(evidence.message).toMatch(words);
    expect(evidence.message).toContain(`the proxy 127.0.0.1:${raw.port}`);
  });

  it('interim answers, then 200, lets it through to what is no TLS', async () => {
    raw = await startRawServer(
      answering(['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 Connection established\r\n\r\n'], 'end'),
    );
    const evidence = await look({ url: 'https://shop.test/', proxyUrl: `http://127.0.0.1:${raw.port}` });
    expect(evidence.reason).toMatch(/^tls\./);
  });
});

describe('a SOCKS5 proxy that answers', () => {
  /** Version, number of methods and the two of them. */
  const methods = /^.{4}/s;
  const bytes = (...values: number[]): Buffer => Buffer.from(values);
  const replying =
    (...answers: readonly Buffer[]): Script =>
    async (socket, heard) => {
      await heard(methods);
      for (const [index, answer] of answers.entries()) {
        socket.write(answer);
        if (index === 0) await heard(/^.{5,}/s);
      }
    };

  const chosen = bytes(5, 0);
  const cases: [string, string, readonly Buffer[], RegExp][] = [
    ['with general failure', 'proxy.refused', [chosen, bytes(5, 1, 0, 1, 0, 0, 0, 0, 0, 0)], /general failure/],
    ['that its rules forbid it', 'proxy.refused', [chosen, bytes(5, 2)], /its rules do not allow it/],
    ['network unreachable', 'proxy.refused', [chosen, bytes(5, 3)], /network unreachable/],
    ['host unreachable', 'proxy.refused', [chosen, bytes(5, 4)], /host unreachable/],
    ['connection refused', 'proxy.refused', [chosen, bytes(5, 5)], /to shop\.test:443: connection refused/],
    ['TTL expired', 'proxy.refused', [chosen, bytes(5, 6)], /time to live expired/],
    ['that it knows no such command', 'proxy.refused', [chosen, bytes(5, 7)], /does not know the command/],
    ['that it knows no such address', 'proxy.refused', [chosen, bytes(5, 8)], /this type of address/],
    ['with a code that nobody knows', 'proxy.refused', [chosen, bytes(5, 0x5c)], /code 0x5c/],
    ['that no method suits it', 'proxy.auth', [bytes(5, 0xff)], /takes no user name and password/],
    ['with a method that was not offered', 'proxy.protocol', [bytes(5, 1)], /does not speak SOCKS5/],
    ['like SOCKS4', 'proxy.protocol', [bytes(0, 0x5a)], /answered with 0x00/],
    ['like HTTP', 'proxy.protocol', [Buffer.from('HTTP/1.1 400 Bad\r\n\r\n')], /answered with 0x48/],
    ['to the password in another version', 'proxy.protocol', [bytes(5, 2), bytes(5, 0)], /answered with 0x05/],
    ['that the password is wrong', 'proxy.auth', [bytes(5, 2), bytes(1, 1)], /refuses the user name or password/],
    ['half of a method', 'proxy.timeout', [bytes(5)], /did not answer in time/],
    ['half of a reply', 'proxy.timeout', [chosen, bytes(5, 0, 0, 1, 127)], /did not answer in time/],
    ['nothing to the password', 'proxy.timeout', [bytes(5, 2)], /did not answer in time/],
  ];
  it.each(cases)('%s is down: %s', async (_what, reason, answers, words) => {
    raw = await startRawServer(replying(...answers));
    const proxyUrl = `socks5h://127.0.0.1:${raw.port}`;
    const evidence = await look({ url: 'https://shop.test/', proxyUrl, login: credentials, timeoutMs: 300 });
    expect(evidence).toMatchObject({ outcome: 'down', reason, statusCode: null });
    expect(evidence.message).toMatch(words);
    expect(evidence.message).toContain(`the proxy 127.0.0.1:${raw.port}`);
  });

  it.each([
    ['closes', (socket: Parameters<Script>[0]) => void socket.end(), /closed the connection without an answer/],
    ['resets', (socket: Parameters<Script>[0]) => void socket.resetAndDestroy(), /reset the connection/],
  ])('nothing and %s is down: proxy.protocol', async (_what, end, words) => {
    raw = await startRawServer(async (socket, heard) => {
      await heard(methods);
      end(socket);
    });
    const proxyUrl = `socks5h://127.0.0.1:${raw.port}`;
    const evidence = await look({ url: 'https://shop.test/', proxyUrl, login: credentials });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'proxy.protocol' });
    expect(evidence.message).toMatch(words);
  });

  it.each([
    ['a name', bytes(5, 0, 0, 3, 4, 0x68, 0x6f, 0x73, 0x74, 0, 80)],
    ['an IPv6 address', bytes(5, 0, 0, 4, ...Array.from({ length: 16 }, () => 0), 0, 80)],
  ])('with %s of its own lets it through, byte by byte too', async (_what, reply) => {
    raw = await startRawServer(async (socket, heard) => {
      await heard(methods);
      socket.write(chosen);
      await heard(/^.{5,}/s);
      for (const byte of reply) {
        socket.write(bytes(byte));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await heard(/GET /);
      socket.end(ok);
    });
    const proxyUrl = `socks5h://127.0.0.1:${raw.port}`;
    expect(await look({ url: 'http://shop.test/', proxyUrl, login: credentials })).toMatchObject({ outcome: 'up' });
  });

  it('is not sent a password that SOCKS5 has no room for', async () => {
    raw = await startRawServer(replying(bytes(5, 2)));
    const login = { username: 'me', password: 'x'.repeat(256) };
    const evidence = await look({ url: 'https://shop.test/', proxyUrl: `socks5h://127.0.0.1:${raw.port}`, login });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'proxy.auth' });
  });

  it.each([
    ['[2001:db8::1]', '20010db8000000000000000000000001'],
    ['[::ffff:93.184.216.34]', '00000000000000000000ffff5db8d822'],
  ])('is asked for %s by its sixteen bytes', async (host, hex) => {
    proxy = await startSocksProxy();
    const proxyUrl = `socks5://127.0.0.1:${proxy.port}`;
    await look({ url: `http://${host}:9/`, proxyUrl });
    expect(proxy.asked).toEqual([`${hex}:9`]);
  });
});
