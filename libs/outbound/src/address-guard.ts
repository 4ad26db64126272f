/**
 * Which addresses may be dialled: public ones, and those that the operator allows. Everything that leaves this
 * installation for an address that a user chose (a probe, a webhook) passes here, or it is a way into private networks.
 */
import { BlockList, isIP } from 'node:net';
import { InvalidAllowListError } from './errors.ts';

/** Outside of these nothing is a host on the internet. */
const reachableSubnets = ['0.0.0.0/0', '2000::/3'];

/** Special-purpose addresses: this host, private, shared, link-local with metadata services, tests, multicast. */
const deniedSubnets = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32', // Public by its number, and on Azure what a machine is told and given by its host.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23', // Protocol assignments, Teredo and ORCHID among them.
  '2001:db8::/32',
  '2002::/16', // 6to4 carries an IPv4 address that would go unchecked.
  '3fff::/20',
];

/** NAT64 prefixes and other translations carry an IPv4 address too; they lie outside of 2000::/3. */
const everything = ['0.0.0.0/0', '::/0'];

export interface AllowList {
  readonly subnets: readonly string[];
}

export const allowNothing: AllowList = { subnets: [] };
export const allowLoopback: AllowList = { subnets: ['127.0.0.0/8', '::1/128'] };
export const allowEverything: AllowList = { subnets: everything };

/** @throws InvalidAllowListError naming the first entry that is not `all`, an address or a CIDR. */
export function parseAllowList(text: string): AllowList {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return { subnets: entries.flatMap((entry) => (entry === 'all' ? everything : [subnetOf(entry)])) };
}

function subnetOf(entry: string): string {
  const [address = '', prefix, ...rest] = entry.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  const length = prefix === undefined ? bits : Number(prefix);
  const valid = bits > 0 && !address.includes('%') && rest.length === 0 && /^\d{1,3}$/.test(prefix ?? '0');
  if (!valid || length > bits) throw new InvalidAllowListError(entry);
  return `${address}/${length}`;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

function blockListOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/');
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

const reachable = blockListOf(reachableSubnets);
const denied = blockListOf(deniedSubnets);

export class AddressGuard {
  readonly #allowed: BlockList;

  constructor(allowed: AllowList) {
    this.#allowed = blockListOf(allowed.subnets);
  }

  /** Whether `address` may be dialled. An IPv4-mapped IPv6 address is judged as the IPv4 address that it holds. */
  permits(address: string): boolean {
    if (isIP(address) === 0 || address.includes('%')) return false;
    const family = familyOf(address);
    if (this.#allowed.check(address, family)) return true;
    return reachable.check(address, family) && !denied.check(address, family);
  }
}
