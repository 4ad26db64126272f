/** A server that talks SMTP as a spec says, line by line, in the clear and under TLS. */
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Issued } from './certificates.ts';
import { closeServer, listenOnLoopback } from './listen.ts';

/** What is sent for a line: a reply without its last line end; at `close` the connection ends, at `silence` nothing. */
type MailReply = string;

export interface MailServerSettings {
  readonly issued: Issued;
  /** TLS from the first byte. */
  readonly tls?: boolean;
  readonly greeting?: MailReply;
  /** What a spec says of a line, where it is not what every server says; null for the usual. */
  answer?(line: string, secured: boolean): MailReply | null;
}

export interface MailServer {
  readonly port: number;
  /** Each line that came; those under TLS behind `tls:`. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

const usual: readonly (readonly [pattern: RegExp, clear: string, secured: string])[] = [
  [/^EHLO /, '250-mail.test\r\n250-STARTTLS\r\n250 8BITMIME', '250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME'],
  [/^STARTTLS$/, '220 go ahead', '503 again?'],
  [/^(MAIL|RCPT) /, '250 fine', '250 fine'],
  [/^QUIT$/, '221 goodbye', '221 goodbye'],
];

function usualAnswer(line: string, secured: boolean): string {
  const [, clear, underTls] = usual.find(([pattern]) => pattern.test(line)) ?? [null, '500 what?', '500 what?'];
  return secured ? underTls : clear;
}

export async function startMailServer(settings: MailServerSettings): Promise<MailServer> {
  const { issued, tls = false, greeting = '220 mail.test ESMTP', answer = () => null } = settings;
  const lines: string[] = [];
  const sockets = new Set<Socket>();

  function send(socket: Socket, reply: MailReply): void {
    if (reply === 'close') socket.end();
    else if (reply !== 'silence') socket.write(`${reply}\r\n`);
  }

  function secure(plain: Socket): TLSSocket {
    plain.removeAllListeners('data');
    const socket = new TLSSocket(plain, { isServer: true, ...issued });
    return socket.on('error', () => plain.destroy());
  }

  function listen(socket: Socket, secured: boolean): void {
    let heard = '';
    socket.on('data', (bytes: Buffer) => {
      heard += bytes.toString('utf8');
      for (let end = heard.indexOf('\r\n'); end !== -1; end = heard.indexOf('\r\n')) {
        const line = heard.slice(0, end);
        heard = heard.slice(end + 2);
        lines.push(secured ? `tls:${line}` : line);
        const reply = answer(line, secured) ?? usualAnswer(line, secured);
        send(socket, reply);
        if (line === 'STARTTLS' && reply.startsWith('220')) listen(secure(socket), true);
      }
    });
  }

  const server = createServer((plain) => {
    sockets.add(plain);
    plain.on('error', () => plain.destroy());
    const socket = tls ? secure(plain) : plain;
    listen(socket, tls);
    send(socket, greeting);
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    lines,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}
