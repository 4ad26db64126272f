import { describe, expect, it } from '@jest/globals';
import { AddressGuard, allowEverything, allowLoopback, allowNothing, parseAllowList } from './address-guard.ts';

const strict = new AddressGuard(allowNothing);

describe('the address guard', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.0.192',
    '192.0.0.171',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
  ])('refuses %s, also when it comes as IPv6', (address) => {
    expect(strict.permits(address)).toBe(false);
    expect(strict.permits(`::ffff:${address}`)).toBe(false);
  });

  it.each([
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
  ])('refuses %s', (address) => expect(strict.permits(address)).toBe(false));

  it.each(['', 'localhost', 'example.com', '1.2.3', '1.2.3.4.5', '01.2.3.4', '[::1]', '2606::1%eth0'])(
    'refuses %j, which is no address at all',
    (text) => {
      expect(strict.permits(text)).toBe(false);
      expect(new AddressGuard(allowEverything).permits(text)).toBe(false);
    },
  );

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '168.63.129.15',
    '168.63.129.17',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '::ffff:1.1.1.1',
    '2606:4700:4700::1111',
    '2001:4860:4860::8888',
    '2003::1',
  ])('permits %s', (address) => expect(strict.permits(address)).toBe(true));

  it('permits what was allowed beside it, and no more', () => {
    const guard = new AddressGuard(parseAllowList('10.1.0.0/16, fd00::/8'));
    expect(['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '1.1.1.1'].map((address) => guard.permits(address))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['10.2.0.1', '127.0.0.1', 'fc00::1'].some((address) => guard.permits(address))).toBe(false);
  });

  it('can be opened for this machine alone, or for everything', () => {
    expect(new AddressGuard(allowLoopback).permits('127.0.0.1')).toBe(true);
    expect(new AddressGuard(allowLoopback).permits('::1')).toBe(true);
    expect(new AddressGuard(allowLoopback).permits('10.0.0.1')).toBe(false);
    expect(new AddressGuard(allowEverything).permits('169.254.169.254')).toBe(true);
    expect(new AddressGuard(allowEverything).permits('fe80::1')).toBe(true);
  });
});

describe('an allow-list', () => {
  it.each([
    ['', []],
    [' , ', []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['10.0.0.0/8,fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    ['192.168.1.7', ['192.168.1.7/32']],
    ['::1', ['::1/128']],
    ['all', ['0.0.0.0/0', '::/0']],
  ])('reads %j', (text, subnets) => expect(parseAllowList(text)).toEqual({ subnets }));

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    'fd00::/129',
    '10.0.0.0/8/8',
    'everything',
    '10.0.0.0/-1',
    'fe80::1%eth0',
  ])('names the entry %j that it cannot read', (entry) =>
    expect(() => parseAllowList(`127.0.0.0/8, ${entry}`)).toThrow(`"${entry}" is neither`),
  );
});
