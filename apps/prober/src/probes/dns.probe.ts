/** The DNS probe: asks a name server, over UDP first if so wished, and judges what it replies. */
import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import type { DnsProbe } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { askOverStream } from '../dns/ask-over-stream.ts';
import { askOverUdp } from '../dns/ask-over-udp.ts';
import type { Asking, ServerAddress } from '../dns/asking.ts';
import { encodeQuestion, type Reply } from '../dns/message.ts';
import type { Connection } from '../exchange/connection.ts';
import { connectTo, resolveHost } from '../exchange/dial.ts';
import { secure } from '../exchange/secure.ts';
import { judgeReply, replyText } from '../judgement/judge-reply.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

const ports = { udp: 53, tcp: 53, tls: 853 } as const;
const idsEnd = 65_536;

interface NamedServer extends ServerAddress {
  /** What its certificate must be for. */
  readonly host: string;
}

function parseServer(text: string, protocol: DnsProbe['protocol']): { host: string; port: number } {
  const [, host = text, port] = /^(\[.+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: port === undefined ? ports[protocol] : Number(port) };
}

/** The servers to ask, one after the other. Those of the machine are its operator's choice and need no permit. */
async function serversFor(
  attempt: Attempt,
  { resolver, protocol }: DnsProbe,
  { outbound }: ProbeContext,
): Promise<readonly NamedServer[] | Failure> {
  if (resolver === null) {
    const own = outbound.resolver.servers.map((server) =>
      parseServer(isIP(server) === 6 ? `[${server}]` : server, protocol),
    );
    return own.map(({ host, port }) => ({ host, address: host, port }));
  }
  const { host, port } = parseServer(resolver, protocol);
  const addresses = await resolveHost(attempt, outbound, { host, family: 'auto' });
  if (addresses instanceof Failure) return addresses;
  return addresses.map((address) => ({ host, address, port }));
}

class Inquiry {
  readonly #attempt: Attempt;
  readonly #dns: DnsProbe;
  readonly #context: ProbeContext;

  constructor(attempt: Attempt, dns: DnsProbe, context: ProbeContext) {
    this.#attempt = attempt;
    this.#dns = dns;
    this.#context = context;
  }

  /** The first reply that comes; a server that gives none leaves its turn to the next. */
  async run(): Promise<Reply | Failure> {
    const servers = await serversFor(this.#attempt, this.#dns, this.#context);
    if (servers instanceof Failure) return servers;
    let firstFailure: Failure | null = null;
    for (const [index, server] of servers.entries()) {
      const turnsLeft = servers.length - index;
      const limitMs = turnsLeft === 1 ? this.#attempt.timeoutMs : this.#attempt.remainingMs / turnsLeft;
      const reply = await this.#ask(server, limitMs);
      if (!(reply instanceof Failure)) return reply;
      firstFailure ??= reply;
      if (this.#attempt.isOver) return reply;
    }
    return this.#blame(firstFailure);
  }

  /** Own servers that are all out of reach say something of the prober and not of the name. */
  #blame(failure: Failure | null): Failure {
    const isOutOfReach = failure === null || failure.reason.startsWith('connect.');
    if (failure !== null && !(isOutOfReach && this.#dns.resolver === null)) return failure;
    return new Failure('prober.isolated', 'no name server of the prober could be reached');
  }

  async #ask(server: NamedServer, limitMs: number): Promise<Reply | Failure> {
    const id = randomInt(idsEnd);
    const asking: Asking = { server, question: this.#dns, message: encodeQuestion(this.#dns, id), id, limitMs };
    this.#attempt.address = server.address;
    if (this.#dns.protocol !== 'udp') return await this.#askOverConnection(server, asking);
    const reply = await askOverUdp(this.#attempt, asking);
    return reply instanceof Failure || !reply.isCut ? reply : await this.#askOverConnection(server, asking);
  }

  async #askOverConnection(server: NamedServer, asking: Asking): Promise<Reply | Failure> {
    const connection = await this.#connect(server, asking.limitMs);
    if (connection instanceof Failure) return connection;
    try {
      return await askOverStream(this.#attempt, connection, asking);
    } finally {
      connection.close();
    }
  }

  async #connect({ host, address, port }: NamedServer, limitMs: number): Promise<Connection | Failure> {
    const identity = this.#context.contexts.identityOf(this.#dns);
    if (identity instanceof Failure) return identity;
    const connection = await connectTo(this.#attempt, { address, port, plain: false, limitMs });
    if (connection instanceof Failure || this.#dns.protocol !== 'tls') return connection;
    return await secure(this.#attempt, connection, {
      host,
      verify: true,
      certificateWarningDays: this.#dns.certificateWarningDays,
      protocols: ['dot'],
      refusal: 'heeded',
      ...identity,
    });
  }
}

export const probeDns: PerformProbe<DnsProbe> = async (dns, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  try {
    const reply = await new Inquiry(attempt, dns, context).run();
    attempt.finish();
    if (reply instanceof Failure) return evidenceOf(attempt, { failure: reply, answer: '', secrets: [] });
    return evidenceOf(attempt, { failure: judgeReply(reply, dns), answer: replyText(reply), secrets: [] });
  } finally {
    attempt.finish();
  }
};
