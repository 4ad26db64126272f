/** What `ping` writes, line by line: of iputils, and of BusyBox. Pure, but for what it remembers. */
import type { PingFacts } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import { canonicalAddress } from '../dns/message.ts';

/** What is kept of a line that does not end, and of what `ping` complains of. */
const lineCharactersMax = 1_024;

const replyLine = /^\d+ bytes from (\S+): (?:icmp_)?seq=(\d+) .*?time[=<]([\d.]+) ms(.*)$/;
/** What iputils adds to a reply that is none of ours, or broken. */
const doubtful = /DIFFERENT ADDRESS|BAD CHECKSUM|truncated/i;
const errorLine = /^From (\S+?):? (?:icmp_)?seq=\d+ (.+)$/;
const isNoFailure = /^Redirect/i;
const summaryLine = /^(\d+) packets transmitted/;

const forbidden = /not permitted|permission denied|cap_net_raw|are you root/i;
const unreachable = /unreachable|no route|cannot assign|address family|ping broadcast|invalid argument/i;
const refusedOption = /interval|flood|option|usage/i;

const remedy =
  'let its group send ICMP (sysctl net.ipv4.ping_group_range="0 2147483647"), or give ping the capability cap_net_raw';

/** A complaint without the name of the program. */
function wordsOf(line: string | undefined): string | null {
  return line?.replace(/^(\S*\/)?ping6?: /, '') ?? null;
}

/** Three digits: what `ping` writes. */
const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;

export class PingOutput {
  readonly #address: string;
  /** Round-trip times by sequence number: a reply that comes twice is one. */
  readonly #replies = new Map<number, number>();
  #rest = '';
  #complaint = '';
  #sent: number | null = null;
  #networkSays: string | null = null;

  constructor(address: string) {
    this.#address = canonicalAddress(address);
  }

  get hasReplies(): boolean {
    return this.#replies.size > 0;
  }

  /** What came on standard output. */
  wrote(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, lineCharactersMax);
    for (const line of lines) this.#read(line);
  }

  /** What came on standard error. */
  complained(text: string): void {
    this.#complaint = (this.#complaint + text).slice(0, lineCharactersMax);
  }

  #read(line: string): void {
    const reply = replyLine.exec(line);
    if (reply !== null) this.#count(reply);
    const sent = summaryLine.exec(line)?.[1];
    if (sent !== undefined) this.#sent = Number(sent);
    const [, router, words = ''] = errorLine.exec(line) ?? [];
    if (router !== undefined && !isNoFailure.test(words)) this.#networkSays ??= `${router} says: ${words}`;
  }

  #count([, from = '', sequence = '', ms, rest = '']: readonly string[]): void {
    if (canonicalAddress(from) !== this.#address || doubtful.test(rest)) return;
    if (!this.#replies.has(Number(sequence))) this.#replies.set(Number(sequence), Number(ms));
  }

  /** What was counted; where `ping` did not get to say how many it sent, it was `count`. */
  facts(count: number): PingFacts {
    const times = [...this.#replies.values()];
    const sent = Math.max(1, this.#sent ?? count, times.length);
    const sum = times.reduce((total, ms) => total + ms, 0);
    return {
      sent,
      received: times.length,
      lossPercent: Math.round(((sent - times.length) / sent) * 1_000) / 10,
      minMs: times.length === 0 ? null : Math.min(...times),
      avgMs: times.length === 0 ? null : round(sum / times.length),
      maxMs: times.length === 0 ? null : Math.max(...times),
    };
  }

  /** Why nothing was sent, where `ping` refused to; null where it did its work. */
  refusal(): Failure | null {
    const lines = this.#complaint.split('\n').filter((line) => line.trim() !== '');
    if (this.hasReplies || lines.length === 0) return null;
    const says = (pattern: RegExp): string | null => wordsOf(lines.find((line) => pattern.test(line)));
    const words = says(forbidden) ?? says(refusedOption);
    if (says(forbidden) !== null) {
      return new Failure('prober.unsupported', `the prober may not send ICMP (${words}): ${remedy}`);
    }
    if (says(unreachable) !== null) {
      return new Failure('connect.unreachable', `${this.#address} cannot be reached from here (${says(unreachable)})`);
    }
    // It did its work, and has a remark.
    if (this.#sent !== null) return null;
    if (words === null) return new Failure('prober.internal', `ping failed: ${wordsOf(lines[0])}`);
    return new Failure(
      'prober.unsupported',
      `the prober's ping does not do what is asked (${words}): install iputils-ping`,
    );
  }

  /** Null where no more was lost than may be. */
  judge(facts: PingFacts, maxLossPercent: number): Failure | null {
    const { sent, received, lossPercent } = facts;
    if (lossPercent <= maxLossPercent) return null;
    const words = this.#networkSays;
    if (received === 0 && words !== null) {
      return new Failure('connect.unreachable', `${this.#address} cannot be reached: ${words}`);
    }
    const lost = `${sent - received} of ${sent} echo requests went unanswered, ${lossPercent} %`;
    const limit = `expected at most ${maxLossPercent} %${words === null ? '' : `; ${words}`}`;
    return new Failure('icmp.loss', `${lost}, ${limit}`);
  }
}
