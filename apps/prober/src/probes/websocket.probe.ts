/** The WebSocket probe: opens a WebSocket, and waits for the message that is expected, or for a pong. */
import type { WebsocketProbe } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf, type Finding } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { secretsOfHeaders } from '../attempt/redaction.ts';
import type { Connection } from '../exchange/connection.ts';
import { dial } from '../exchange/dial.ts';
import { secure } from '../exchange/secure.ts';
import { WebsocketConversation } from '../websocket/conversation.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

const ports: Readonly<Record<string, number>> = { 'ws:': 80, 'wss:': 443 };

async function connect(
  attempt: Attempt,
  websocket: WebsocketProbe,
  { outbound, contexts }: ProbeContext,
): Promise<Connection | Failure> {
  const identity = contexts.identityOf(websocket.tls);
  if (identity instanceof Failure) return identity;
  const { protocol, hostname, port } = new URL(websocket.url);
  const isPlain = protocol === 'ws:';
  const destination = { host: hostname, port: Number(port === '' ? ports[protocol] : port), plain: isPlain };
  const connection = await dial(attempt, outbound, { ...destination, family: websocket.ipFamily });
  if (connection instanceof Failure || isPlain) return connection;
  return await secure(attempt, connection, {
    host: hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''),
    verify: websocket.tls.verify,
    certificateWarningDays: websocket.tls.certificateWarningDays,
    protocols: ['http/1.1'],
    refusal: 'heeded',
    ...identity,
  });
}

/** A wait that ran out says what was there until then. */
function explain(failure: Failure, conversation: WebsocketConversation | null, { expect }: WebsocketProbe): Failure {
  if (!failure.reason.startsWith('timeout.') || conversation?.isOpen !== true) return failure;
  if (expect !== null && conversation.hasMessages) return conversation.unmatched();
  const awaited = expect === null ? 'pong' : 'message';
  return new Failure(failure.reason, `${failure.message}: the handshake went well, but no ${awaited} came`);
}

async function talk(attempt: Attempt, websocket: WebsocketProbe, context: ProbeContext): Promise<Finding> {
  const secrets = secretsOfHeaders(websocket.headers);
  const connection = await connect(attempt, websocket, context);
  if (connection instanceof Failure) return { failure: connection, answer: '', secrets };
  let conversation: WebsocketConversation | null = null;
  const outcome = await attempt.wait<{ readonly failure: Failure | null }>('ttfb', (done) => {
    const settings = { probe: websocket, userAgent: context.userAgent };
    conversation = new WebsocketConversation(connection, settings, {
      answered: (statusCode) => void (attempt.statusCode = statusCode),
      heard: () => attempt.enter('transfer'),
      ended: (failure) => done({ failure }),
    });
    return () => undefined;
  });
  attempt.finish();
  const held = conversation as WebsocketConversation | null;
  held?.close();
  connection.close();
  const failure = outcome instanceof Failure ? explain(outcome, held, websocket) : outcome.failure;
  return { failure, answer: held?.text ?? '', secrets };
}

export const probeWebsocket: PerformProbe<WebsocketProbe> = async (websocket, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  try {
    return evidenceOf(attempt, await talk(attempt, websocket, context));
  } finally {
    attempt.finish();
  }
};
