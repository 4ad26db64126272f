/** What went wrong with a WebSocket conversation, in words. Pure. */
import { Failure } from '../attempt/failure.ts';
import { ended, type ConnectionStream } from '../exchange/connection-stream.ts';

type Stream = Pick<ConnectionStream, 'ending' | 'firstBytes'>;

const quotedCharactersMax = 120;
const abnormal = 1_006;
const withoutCode = 1_005;

/** RFC 6455, 7.4.1 and IANA's registry. */
const closeCodes: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
};

const quote = (text: string): string => JSON.stringify(text.slice(0, quotedCharactersMax));

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? '';

export function unexpectedStatus(statusCode: number, location: string | undefined): Failure {
  const redirect = location === undefined ? '' : `, a redirect to ${quote(location)}, which is not followed`;
  return new Failure('status.unexpected', `got ${statusCode}, expected 101${redirect}`);
}

/** Before the connection was a WebSocket. */
export function brokenHandshake(error: Error, { ending, firstBytes }: Stream): Failure {
  const code = codeOf(error);
  if (code === 'HPE_HEADER_OVERFLOW') return new Failure('http.too-large', 'the head of the answer is too large');
  if (code.startsWith('HPE_')) return new Failure('http.protocol', `the answer is not valid HTTP: ${error.message}`);
  if (ending === null) return new Failure('websocket.handshake', `the handshake failed: ${error.message}`);
  if (ending.startsWith('ERR_SSL')) {
    return new Failure('tls.handshake', `the target refused the TLS session (${ending})`);
  }
  if (firstBytes.length > 0) return new Failure('http.partial', 'the answer ended within its head');
  return ending === ended
    ? new Failure('http.empty', 'the connection was closed without an answer')
    : new Failure('connect.reset', 'the target reset the connection instead of answering');
}

/** Of an open WebSocket. */
export function brokenProtocol(error: Error): Failure {
  if (codeOf(error) === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return new Failure('websocket.too-large', 'the target sent a message that is too large to be read');
  }
  return new Failure('websocket.protocol', `the target broke the protocol: ${error.message}`);
}

export function closedBy(code: number, words: string, { ending }: Stream): Failure {
  if (code === abnormal) {
    const how = ending === null || ending === ended ? 'ended' : 'was reset';
    return new Failure(
      'websocket.closed',
      `the connection ${how} right after the handshake, without a closing frame (1006)`,
    );
  }
  const said = words === '' ? '' : `: ${quote(words)}`;
  const name =
    code === withoutCode ? 'no code' : `${code}${closeCodes[code] === undefined ? '' : `, ${closeCodes[code]}`}`;
  return new Failure('websocket.closed', `the target closed the connection (${name})${said}`);
}

export function mismatch(pattern: string, text: string, messageCount: number): Failure {
  const got = messageCount === 1 ? `got ${quote(text)}` : `got ${messageCount} messages, the last ${quote(text)}`;
  return new Failure('websocket.mismatch', `${got}, expected one to match ${quote(pattern)}`);
}
