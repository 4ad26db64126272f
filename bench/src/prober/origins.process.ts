/** The servers that are checked, in a process of their own: every loopback address, plain or TLS, and their names. */
import { createServer as createPlainServer, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { createAuthority, startNameServer } from '@quorate/testing';
import { addressOfName, type Origins } from './case.ts';

const backlog = 4_096;
const certifiedName = 'origin.test';
const body = '{"status":"ok"}';
const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
const keeping = Buffer.from(`${head}Connection: keep-alive\r\n\r\n${body}`);
const closing = Buffer.from(`${head}Connection: close\r\n\r\n${body}`);

/** Requests of the benchmark are one segment each. */
function answer(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.on('data', (request) => {
    if (request.toString('latin1').toLowerCase().includes('connection: close')) socket.end(closing);
    else socket.write(keeping);
  });
}

async function listen(isSecured: boolean): Promise<Origins> {
  const authority = await createAuthority();
  const { key, cert } = await authority.issue({ names: [certifiedName] });
  const server = isSecured ? createSecureServer({ key, cert }, answer) : createPlainServer(answer);
  const names = await startNameServer((name) => {
    const address = addressOfName(name);
    return address === null ? { rcode: 3 } : { addresses: [address] };
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '0.0.0.0', backlog }, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the origins have no port');
  return { port: bound.port, nameServer: names.address, authority: authority.certificate };
}

process.send?.(await listen(process.argv.includes('--secured')));
process.on('disconnect', () => process.exit());
