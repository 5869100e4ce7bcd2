import { BlockList, isIP, SocketAddress } from 'node:net';
import { parseSubnet, type Subnet } from '../domain/ip-address.ts';
import { TRUST_LEVELS, type TrustLevel } from '../domain/policy/trust.ts';

/** An entry of `trust.subnets` or `trust.deny.subnets` that matches. */
export interface SubnetRule {
  readonly subnet: string;
  readonly level: TrustLevel;
}

/**
 * Finds the entry for an address: the longest prefix, and of equal ones the level that grants
 * least.
 */
export type SubnetTable = (address: string) => SubnetRule | undefined;

interface Entry extends SubnetRule {
  readonly network: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly list: BlockList;
}

const MAPPED_PREFIX = 96;

/**
 * Compiles a table of subnets (FR-703). Addresses and entries may be IPv4, IPv6 or IPv4-mapped IPv6
 * (RFC 4291 §2.5.5.2). Node's own `BlockList` does the matching. A malformed entry,
 * which a checked configuration cannot hold, matches nothing.
 */
export function compileSubnets(entries: readonly SubnetRule[]): SubnetTable {
  const compiled = entries
    .flatMap((rule) => compile(rule) ?? [])
    .sort((a, b) => b.prefix - a.prefix || TRUST_LEVELS.indexOf(a.level) - TRUST_LEVELS.indexOf(b.level));
  // Most unknown addresses match no entry: one native check of all entries is faster than one
  // each.
  const any = new BlockList();
  for (const { network, prefix, family } of compiled) any.addSubnet(network, prefix, family);
  return (address) => {
    const plain = parseAddress(address);
    if (!plain || !any.check(plain.address, plain.family)) return undefined;
    const match = compiled.find(({ family, list }) => family === plain.family && list.check(plain.address, family));
    return match && { subnet: match.subnet, level: match.level };
  };
}

function compile(rule: SubnetRule): Entry | undefined {
  const parsed = parseSubnet(rule.subnet);
  const subnet = parsed && withoutMapping(parsed);
  if (!subnet) return undefined;
  const list = new BlockList();
  list.addSubnet(subnet.address, subnet.prefix, subnet.family);
  return { ...rule, network: subnet.address, prefix: subnet.prefix, family: subnet.family, list };
}

function withoutMapping(subnet: Subnet): Subnet {
  const plain = parseAddress(subnet.address);
  if (subnet.family === 'ipv4' || plain?.family !== 'ipv4' || subnet.prefix < MAPPED_PREFIX) return subnet;
  return { ...plain, prefix: subnet.prefix - MAPPED_PREFIX };
}

/**
 * An address in its plain form: no zone (`%eth0`), IPv4 where it is a mapped IPv4; undefined if it
 * is no address.
 */
function parseAddress(text: string): { readonly address: string; readonly family: 'ipv4' | 'ipv6' } | undefined {
  const address = text.replace(/%.*$/, '');
  const version = isIP(address);
  if (version === 0) return undefined;
  if (version === 4) return { address, family: 'ipv4' };
  // SocketAddress writes every spelling of a mapped address with dots.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(new SocketAddress({ address, family: 'ipv6' }).address)?.[1];
  return mapped === undefined ? { address, family: 'ipv6' } : { address: mapped, family: 'ipv4' };
}
