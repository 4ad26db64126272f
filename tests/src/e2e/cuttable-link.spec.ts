/** The link that the chaos trial cuts. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { CuttableLink } from './cuttable-link.ts';

let echo: Server;
let link: CuttableLink;
let client: Socket;

beforeEach(async () => {
  echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  link = await CuttableLink.open({ from: 0, to: (echo.address() as AddressInfo).port });
  client = createConnection({ host: '127.0.0.1', port: link.port });
  await once(client, 'connect');
});
afterEach(async () => {
  client.destroy();
  await link.close();
  echo.close();
});

async function answerTo(text: string): Promise<string> {
  client.write(text);
  const [answer] = (await once(client, 'data')) as [Buffer];
  return answer.toString();
}

describe('a link', () => {
  it('carries both ways', async () => {
    expect(await answerTo('there?')).toBe('there?');
  });

  it('that is cut keeps everything back without an error, and hands it over when it is mended', async () => {
    await answerTo('there?');
    link.cut();
    let heard = '';
    client.on('data', (chunk) => (heard += chunk.toString()));
    client.write('still there?');
    for (let turns = 0; turns < 50; turns++) await turn();
    expect(heard).toBe('');
    link.mend();
    await once(client, 'data');
    expect(heard).toBe('still there?');
  });

  it('ends at one end when it ends at the other', async () => {
    const ended = once(client, 'close');
    await answerTo('there?');
    await link.close();
    await ended;
    link = await CuttableLink.open({ from: 0, to: (echo.address() as AddressInfo).port });
  });
});
