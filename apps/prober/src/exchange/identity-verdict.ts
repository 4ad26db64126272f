/**
 * What a server says of the certificate that it was shown, or of having been shown none, where it says so after the
 * handshake (TLS 1.3): nothing, by going on, or that it refuses the client.
 */
import { TLSSocket } from 'node:tls';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { explained, type ShownIdentity } from './client-identity.ts';
import { codeOf, type Connection } from './connection.ts';
import { handshakeFailure } from './tls-failure.ts';

/** Who says nothing itself waits so long for a server that neither goes on nor refuses. */
const silenceMsMax = 1_000;
/** Some hand out a session first and look at the certificate then. */
const afterSessionMs = 100;
/** A wait for nothing must not outlast the deadline and be taken for a target's silence. */
const remainingShareMax = 0.5;

const closed = new Failure('connect.reset', 'the target closed the connection without a word');
const reset = new Failure('connect.reset', 'the target reset the connection without a word');

/** Only an alert says what it is about. */
function brokenOff(code: string): Failure {
  return code.startsWith('ERR_SSL') ? handshakeFailure(code, { minVersion: 'TLSv1.3', protocols: [] }) : reset;
}

function asksLater({ socket, asksForCertificate }: Connection): boolean {
  return asksForCertificate && socket instanceof TLSSocket && socket.getProtocol() === 'TLSv1.3';
}

interface Verdict {
  readonly content: () => void;
  readonly refused: (failure: Failure) => void;
}

/** Tells which comes first, the server's first word or its refusal. Returns what ends the watch. */
function watch(connection: Connection, shown: ShownIdentity, { content, refused }: Verdict): () => void {
  const { socket } = connection;
  const refuse = (failure: Failure): void => {
    stop();
    refused(explained(failure, true, shown));
  };
  const listeners = {
    data: (): void => {
      stop();
      content();
    },
    end: (): void => refuse(closed),
    error: (error: Error): void => refuse(brokenOff(codeOf(error))),
  };
  const stop = (): void => {
    for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener);
  };
  // Before those of the connection, which would tell the same in words that know of no certificate.
  for (const [name, listener] of Object.entries(listeners)) socket.prependListener(name, listener);
  connection.keepEarly();
  return stop;
}

/**
 * For who goes on to talk: the wait for the server's first words ends with why none come. Nobody is kept waiting, since
 * a server that is content may have nothing to say yet.
 */
export function heedRefusal(attempt: Attempt, connection: Connection, shown: ShownIdentity): void {
  if (!asksLater(connection)) return;
  watch(connection, shown, { content: () => undefined, refused: (failure) => attempt.breakOff(failure) });
}

/** For who says nothing more. Without a certificate to show there is nothing to wait for: the target's was judged. */
export async function awaitVerdict(
  attempt: Attempt,
  connection: Connection,
  shown: ShownIdentity,
): Promise<Failure | null> {
  const { socket } = connection;
  if (shown.identityEndsAt === null || !asksLater(connection)) return null;
  return await attempt.wait<null>('tls', (done) => {
    const settle = (outcome: Failure | null): void => {
      end();
      done(outcome);
    };
    const begin = (ms: number): NodeJS.Timeout =>
      setTimeout(settle, Math.min(ms, attempt.remainingMs * remainingShareMax), null);
    const stop = watch(connection, shown, { content: () => settle(null), refused: settle });
    let timer = begin(silenceMsMax);
    const handedOut = (): void => {
      clearTimeout(timer);
      timer = begin(afterSessionMs);
    };
    socket.on('session', handedOut);
    const end = (): void => {
      stop();
      clearTimeout(timer);
      socket.off('session', handedOut);
    };
    return end;
  });
}
