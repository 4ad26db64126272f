/** One question on its way to one server. */
import { Failure } from '../attempt/failure.ts';
import type { Question } from './message.ts';

export interface ServerAddress {
  /** Already checked by the guard, or the machine's own choice. */
  readonly address: string;
  readonly port: number;
}

export interface Asking {
  readonly server: ServerAddress;
  readonly question: Question;
  /** The question as it is sent. */
  readonly message: Buffer;
  readonly id: number;
  /** How long this server may take, where another one waits for its turn. */
  readonly limitMs: number;
}

export function describeServer({ address, port }: ServerAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function malformedReply(server: ServerAddress): Failure {
  return new Failure('dns.malformed', `${describeServer(server)} sent what is no DNS reply`);
}
