/** The gRPC probe: asks the standard health service whether the target serves. */
import type { GrpcProbe } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { secretsOfHeaders } from '../attempt/redaction.ts';
import type { Connection } from '../exchange/connection.ts';
import { dial } from '../exchange/dial.ts';
import { secure } from '../exchange/secure.ts';
import { BrokenCall, call, type CallAnswer } from '../grpc/call.ts';
import { encodeRequest } from '../grpc/health.ts';
import { healthText, judgeHealth } from '../judgement/judge-health.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

const path = '/grpc.health.v1.Health/Check';

function headersOf(grpc: GrpcProbe, attempt: Attempt, userAgent: string): Record<string, string> {
  const host = grpc.serverName ?? grpc.host;
  return {
    ':method': 'POST',
    ':scheme': grpc.tls ? 'https' : 'http',
    ':authority': `${host.includes(':') ? `[${host}]` : host}:${grpc.port}`,
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': userAgent,
    'grpc-timeout': `${Math.ceil(attempt.remainingMs)}m`,
    'grpc-accept-encoding': 'identity',
    ...grpc.metadata,
  };
}

async function connect(attempt: Attempt, grpc: GrpcProbe, context: ProbeContext): Promise<Connection | Failure> {
  const { host, port, tls, serverName, verify, certificateWarningDays } = grpc;
  const identity = context.contexts.identityOf(grpc);
  if (identity instanceof Failure) return identity;
  const connection = await dial(attempt, context.outbound, { host, port, family: 'auto', plain: !tls });
  if (connection instanceof Failure || !tls) return connection;
  return await secure(attempt, connection, {
    host: (serverName ?? host).replace(/\.$/, ''),
    verify,
    certificateWarningDays,
    protocols: ['h2'],
    refusal: 'heeded',
    ...identity,
  });
}

async function check(attempt: Attempt, grpc: GrpcProbe, context: ProbeContext): Promise<CallAnswer | Failure> {
  const connection = await connect(attempt, grpc, context);
  if (connection instanceof Failure) return connection;
  const headers = headersOf(grpc, attempt, context.userAgent);
  return await call(attempt, connection, { headers, message: encodeRequest(grpc.service) });
}

export const probeGrpc: PerformProbe<GrpcProbe> = async (grpc, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  const secrets = secretsOfHeaders(grpc.metadata);
  try {
    const answer = await check(attempt, grpc, context);
    attempt.finish();
    if (answer instanceof Failure) {
      const excerpt = answer instanceof BrokenCall ? answer.excerpt : '';
      return evidenceOf(attempt, { failure: answer, answer: excerpt, secrets });
    }
    attempt.statusCode = answer.httpStatus;
    return evidenceOf(attempt, { failure: judgeHealth(answer, grpc.service), answer: healthText(answer), secrets });
  } finally {
    attempt.finish();
  }
};
