/**
 * What a server says of the certificate that it was shown, where it says so after the handshake (TLS 1.3): nothing, by
 * going on, or that it refuses it.
 */
import { TLSSocket } from 'node:tls';
import type { Attempt } from '../attempt/attempt.ts';
import type { Failure } from '../attempt/failure.ts';
import { asksForCertificate, explained, type ShownIdentity } from './client-identity.ts';
import { codeOf, type Connection } from './connection.ts';
import { handshakeFailure } from './tls-failure.ts';

/** A server that neither goes on nor refuses by then is taken to be content. */
const silenceMsMax = 1_000;
/** Some hand out a session first and look at the certificate then. */
const afterSessionMs = 100;

export async function awaitVerdict(
  attempt: Attempt,
  connection: Connection,
  shown: ShownIdentity,
): Promise<Failure | null> {
  const { socket } = connection;
  const isLater = socket instanceof TLSSocket && socket.getProtocol() === 'TLSv1.3';
  if (!isLater || shown.identityEndsAt === null || asksForCertificate(socket) !== true) return null;
  return await attempt.wait<null>('tls', (done) => {
    let timer = setTimeout(() => settle(null), silenceMsMax);
    const refused = (code: string): void => {
      settle(explained(handshakeFailure(code, { minVersion: 'TLSv1.3', protocols: [] }), true, shown));
    };
    const listeners = {
      session: (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => settle(null), afterSessionMs);
      },
      data: (): void => settle(null),
      end: (): void => refused('closed by the target'),
      error: (error: Error): void => refused(codeOf(error)),
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
