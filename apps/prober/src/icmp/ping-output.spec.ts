import { describe, expect, it } from '@jest/globals';
import { PingOutput } from './ping-output.ts';

/** As recorded from iputils 20221126, unless said otherwise. */
const header = 'PING 192.0.2.7 (192.0.2.7) 56(84) bytes of data.\n';
const reply = (sequence: number, ms: string, rest = '') =>
  `64 bytes from 192.0.2.7: icmp_seq=${sequence} ttl=64 time=${ms} ms${rest}\n`;
const summary = (text: string) => `\n--- 192.0.2.7 ping statistics ---\n${text}, time 408ms\n`;

function read(text: string, { address = '192.0.2.7', complaint = '' } = {}): PingOutput {
  const output = new PingOutput(address);
  output.wrote(text);
  output.complained(complaint);
  return output;
}

const reasonOf = (output: PingOutput, maxLossPercent = 34): string =>
  (output.refusal() ?? output.judge(output.facts(3), maxLossPercent))?.reason ?? 'up';

describe('what ping writes', () => {
  it('tells loss and round-trip times', () => {
    const replies = `${reply(1, '0.039')}${reply(2, '10.5')}${reply(3, '1.0')}`;
    const text = header + replies + summary('3 packets transmitted, 3 received, 0% packet loss');
    expect(read(text).facts(3)).toEqual({
      sent: 3,
      received: 3,
      lossPercent: 0,
      minMs: 0.039,
      avgMs: 3.846,
      maxMs: 10.5,
    });
  });

  it.each([
    [0, 34, 'up'],
    [1, 34, 'up'],
    [1, 33, 'icmp.loss'],
    [1, 0, 'icmp.loss'],
    [2, 34, 'icmp.loss'],
    [2, 70, 'up'],
    [3, 34, 'icmp.loss'],
    [3, 99, 'icmp.loss'],
  ])('with %d of 3 lost, at most %d %% allowed, is %s', (lost, maxLossPercent, outcome) => {
    const replies = Array.from({ length: 3 - lost }, (_, index) => reply(index + 1, '1.0')).join('');
    const output = read(`${header}${replies}${summary(`3 packets transmitted, ${3 - lost} received, x`)}`);
    expect(reasonOf(output, maxLossPercent)).toBe(outcome);
  });

  it('says what was lost and what may be', () => {
    const output = read(`${header}${reply(2, '1.0')}`);
    expect(output.judge(output.facts(3), 34)?.message).toBe(
      '2 of 3 echo requests went unanswered, 66.7 %, expected at most 34 %',
    );
  });

  it('may come in pieces', () => {
    const output = new PingOutput('192.0.2.7');
    for (const character of `${header}${reply(1, '1.0')}${reply(2, '2.0')}`) output.wrote(character);
    expect(output.facts(2)).toMatchObject({ received: 2, avgMs: 1.5 });
  });

  it('counts an answer that comes twice once', () => {
    const output = read(`${header}${reply(1, '1.0')}${reply(1, '9.0', ' (DUP!)')}${reply(1, '9.5', ' (DUP!)')}`);
    expect(output.facts(3)).toMatchObject({ sent: 3, received: 1, maxMs: 1 });
  });

  it('counts no answer from another address, and none that is broken', () => {
    const output = read(
      `${header}64 bytes from 192.0.2.8: icmp_seq=1 ttl=64 time=1.00 ms\n` +
        `${reply(2, '1.0', ' (DIFFERENT ADDRESS!)')}${reply(3, '1.0', ' (BAD CHECKSUM!)')}`,
    );
    expect(output.facts(3)).toMatchObject({ received: 0, lossPercent: 100, minMs: null, avgMs: null, maxMs: null });
  });

  it('is understood for IPv6, in whatever spelling', () => {
    const text = '64 bytes from 2001:db8::7: icmp_seq=1 ttl=64 time=0.241 ms\n';
    expect(read(text, { address: '2001:0DB8:0:0::7' }).facts(1)).toMatchObject({ received: 1 });
  });

  it('is understood from BusyBox too', () => {
    const text =
      'PING 192.0.2.7 (192.0.2.7): 56 data bytes\n64 bytes from 192.0.2.7: seq=0 ttl=64 time=0.033 ms\n' +
      '64 bytes from 192.0.2.7: seq=1 ttl=64 time=0.063 ms\n\n--- 192.0.2.7 ping statistics ---\n' +
      '3 packets transmitted, 2 packets received, 33% packet loss\n';
    expect(read(text).facts(3)).toMatchObject({ sent: 3, received: 2, lossPercent: 33.3 });
  });

  it('is a host that cannot be reached where routers say so', () => {
    const told = [1, 2].map((sequence) => `From 192.0.2.1 icmp_seq=${sequence} Destination Host Unreachable\n`);
    const text = header + told.join('') + summary('3 packets transmitted, 0 received, +2 errors, 100% packet loss');
    const output = read(text);
    expect(reasonOf(output)).toBe('connect.unreachable');
    expect(output.judge(output.facts(3), 34)?.message).toBe(
      '192.0.2.7 cannot be reached: 192.0.2.1 says: Destination Host Unreachable',
    );
  });

  it('is loss where a router said so of some, and nothing where it only knew a better way', () => {
    const some = read(`${header}${reply(1, '1.0')}From 192.0.2.1 icmp_seq=2 Time to live exceeded\n`);
    expect(some.judge(some.facts(3), 34)).toMatchObject({
      reason: 'icmp.loss',
      message: expect.stringContaining('; 192.0.2.1 says: Time to live exceeded'),
    });
    const redirect = read(`${header}From 192.0.2.1: icmp_seq=1 Redirect Host(New nexthop: 192.0.2.2)\n`);
    expect(reasonOf(redirect)).toBe('icmp.loss');
  });

  it('judges by what was really sent where ping was stopped early', () => {
    const output = read(
      `${header}${reply(1, '1.0')}${reply(2, '1.0')}${summary('2 packets transmitted, 2 received, 0% packet loss')}`,
    );
    expect(output.facts(3)).toMatchObject({ sent: 2, received: 2, lossPercent: 0 });
  });

  it('does not fill the memory with a line without end, nor understand garbage', () => {
    const output = read('x'.repeat(1_000_000));
    output.wrote(`\n\u0000\n${'9'.repeat(50)} packets\n64 bytes from : icmp_seq=x time=y ms\n${reply(1, '1.0')}`);
    expect(output.facts(1)).toMatchObject({ sent: 1, received: 1 });
  });
});

describe('what ping complains of', () => {
  it.each([
    ['ping: socket: Operation not permitted', 'prober.unsupported', 'net.ipv4.ping_group_range'],
    ['ping: socktype: SOCK_RAW\nping: socket: Operation not permitted', 'prober.unsupported', '(socket: Operation'],
    ['ping: => missing cap_net_raw+p capability or setuid?', 'prober.unsupported', 'cap_net_raw'],
    ['ping: permission denied (are you root?)', 'prober.unsupported', 'net.ipv4.ping_group_range'],
    ['ping: cannot flood; minimal interval allowed for user is 200ms', 'prober.unsupported', 'iputils-ping'],
    ["ping: invalid option -- 'n'", 'prober.unsupported', 'iputils-ping'],
    ['ping: connect: Network is unreachable', 'connect.unreachable', 'connect: Network is unreachable'],
    ['ping: connect: No route to host', 'connect.unreachable', 'No route to host'],
    ['ping: connect: Invalid argument', 'connect.unreachable', 'Invalid argument'],
    ['ping: socket: Address family not supported by protocol', 'connect.unreachable', 'Address family'],
    ['ping: Do you want to ping broadcast? Then -b.', 'connect.unreachable', 'broadcast'],
    ['ping: out of luck', 'prober.internal', 'ping failed: out of luck'],
  ])('%j is %s', (complaint, reason, words) => {
    const refusal = read('', { complaint }).refusal();
    expect(refusal?.reason).toBe(reason);
    expect(refusal?.message).toContain(words);
    expect(refusal?.outcome).toBe(reason.startsWith('prober.') ? 'abstain' : 'down');
  });

  it('is a remark where answers came, or everything was sent', () => {
    const complaint = 'ping: Warning: time of day goes back (-5us), taking countermeasures';
    expect(read(reply(1, '1.0'), { complaint }).refusal()).toBeNull();
    expect(read(summary('3 packets transmitted, 0 received, 100% packet loss'), { complaint }).refusal()).toBeNull();
  });
});
