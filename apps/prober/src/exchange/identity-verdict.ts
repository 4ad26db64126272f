/**
 * What a server says of the certificate that it was shown, or of having been shown none, where it says so after the
 * handshake (TLS 1.3): nothing, by going on, or that it refuses the client.
 */
import { TLSSocket } from 'node:tls';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { asksForCertificate, explained, type ShownIdentity } from './client-identity.ts';
import { codeOf, type Connection } from './connection.ts';
import { handshakeFailure } from './tls-failure.ts';

/** A server that neither goes on nor refuses by then is taken to be content. */
const silenceMsMax = 1_000;
/** Some hand out a session first and look at the certificate then. */
const afterSessionMs = 100;

const alerted = (code: string): Failure => handshakeFailure(code, { minVersion: 'TLSv1.3', protocols: [] });
const closed = new Failure('tls.handshake', 'it closed the connection without a word');

function asksLater(socket: unknown): socket is TLSSocket {
  return socket instanceof TLSSocket && socket.getProtocol() === 'TLSv1.3' && asksForCertificate(socket) === true;
}

/**
 * Of a monitor that has none to show: whoever waits for the server's first words hears why none come. Nobody is kept
 * waiting for a refusal, since most servers that ask let in a client without one too.
 */
export function heedRefusal(attempt: Attempt, connection: Connection, shown: ShownIdentity): void {
  const { socket } = connection;
  if (shown.identityEndsAt !== null || !asksLater(socket)) return;
  const refused = (failure: Failure): void => {
    stop();
    attempt.breakOff(explained(failure, true, shown));
  };
  const listeners = {
    data: (): void => stop(),
    end: (): void => refused(closed),
    error: (error: Error): void => refused(alerted(codeOf(error))),
  };
  const stop = (): void => {
    for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener);
  };
  // Before those of the connection, which would tell the same in words that know of no certificate.
  for (const [name, listener] of Object.entries(listeners)) socket.prependListener(name, listener);
  connection.keepEarly();
}

export async function awaitVerdict(
  attempt: Attempt,
  connection: Connection,
  shown: ShownIdentity,
): Promise<Failure | null> {
  const { socket } = connection;
  if (shown.identityEndsAt === null || !asksLater(socket)) return null;
  return await attempt.wait<null>('tls', (done) => {
    let timer = setTimeout(() => settle(null), silenceMsMax);
    const refused = (failure: Failure): void => settle(explained(failure, true, shown));
    const listeners = {
      session: (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => settle(null), afterSessionMs);
      },
      data: (): void => settle(null),
      end: (): void => refused(closed),
      error: (error: Error): void => refused(alerted(codeOf(error))),
    };
    const stop = (): void => {
      clearTimeout(timer);
      for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener);
    };
    const settle = (outcome: Failure | null): void => {
      stop();
      done(outcome);
    };
    for (const [name, listener] of Object.entries(listeners)) socket.on(name, listener);
    connection.keepEarly();
    return stop;
  });
}
