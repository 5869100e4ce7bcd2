import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Networks that are not reachable from the internet (FR-206): RFC 1918, 6598, 3927, 4193, 4291. */
const INTERNAL = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
] as const;
const LOOPBACK = ['127.0.0.0/8', '::1/128'] as const;

export interface Subnet {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

export interface Endpoint {
  /** An IP address without brackets, or a host name. */
  readonly host: string;
  readonly port: number;
}

/** Where a node listens: at one address, or at all allowed addresses of an interface. */
export type ListenPlace = Endpoint | { readonly interface: string; readonly port: number };

const LISTEN_PORT = 9238;

/** `IP:port`, `interface:NAME` or `interface:NAME:port`; undefined if it is none of them. */
export function parseListen(text: string): ListenPlace | undefined {
  const match = /^interface:([^\s/:]{1,15})(?::(\d{1,5}))?$/.exec(text);
  if (!match) return parseEndpoint(text);
  const port = Number(match[2] ?? LISTEN_PORT);
  return port > 65_535 ? undefined : { interface: match[1] ?? '', port };
}

/** The text that `parseListen` reads. */
export function placeText(place: ListenPlace): string {
  if ('interface' in place) return `interface:${place.interface}:${place.port}`;
  return place.host.includes(':') ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`;
}

/** `IP:port`, `[IPv6]:port` or `name:port`; undefined if it is none of them. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]{1,253})):(\d{1,5})$/.exec(text);
  const bracketed = match?.[1];
  const host = bracketed ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) return undefined;
  if (bracketed !== undefined && !isIPv6(bracketed)) return undefined;
  // A name made of digits and dots only is a mistyped address, never a host.
  if (bracketed === undefined && !isIPv4(host) && /^[\d.]+$/.test(host)) return undefined;
  return { host, port };
}

/**
 * `address/prefix` (RFC 4632, RFC 4291); undefined if malformed. Bits after the prefix may be set:
 * see `networkOf`.
 */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^([0-9A-Fa-f:.]+)\/(\d{1,3})$/.exec(text);
  const address = match?.[1] ?? '';
  const prefix = Number(match?.[2]);
  const family = isIP(address);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) return undefined;
  return { address, prefix, family: family === 4 ? 'ipv4' : 'ipv6' };
}

/**
 * The one spelling of a subnet: bits after the prefix cleared, lower case, IPv6 compressed (RFC
 * 5952).
 */
export function networkOf(subnet: Subnet): string {
  const bytes = addressBytes(subnet.address).map((byte, index) => {
    const kept = Math.min(8, Math.max(0, subnet.prefix - 8 * index));
    return byte & (0xff << (8 - kept));
  });
  return `${addressText(bytes)}/${subnet.prefix}`;
}

/**
 * The network that one source of connections can use freely: the /24 of an IPv4 address, the /64 of
 * an IPv6 address. Text that is no address is returned as it is.
 */
export function sourceNetwork(address: string): string {
  const plain = /^::[fF]{4}:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address.replace(/%.*$/, '');
  if (isIP(plain) === 0) return address;
  return isIPv4(plain)
    ? networkOf({ address: plain, prefix: 24, family: 'ipv4' })
    : networkOf({ address: plain, prefix: 64, family: 'ipv6' });
}

/**
 * Whether `address` lies in `subnet`; an IPv4 address in IPv6 clothes (`::ffff:a.b.c.d`) counts as
 * the IPv4 address it is.
 */
export function isInSubnet(address: string, subnet: Subnet): boolean {
  const list = new BlockList();
  list.addSubnet(subnet.address, subnet.prefix, subnet.family);
  return isListed(list, address);
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || isListed(blockList(LOOPBACK), host);
}

/**
 * Loopback or a network that the internet does not route to. The unspecified address (`0.0.0.0`,
 * `::`) is neither.
 */
export function isInternal(address: string): boolean {
  return isListed(blockList([...LOOPBACK, ...INTERNAL]), address);
}

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of subnets) {
    const subnet = parseSubnet(text);
    if (subnet) list.addSubnet(subnet.address, subnet.prefix, subnet.family);
  }
  return list;
}

function isListed(list: BlockList, address: string): boolean {
  const plain = /^::[fF]{4}:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
  const family = isIP(plain);
  return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** 4 or 16 bytes, network order. `address` MUST be valid. */
function addressBytes(address: string): readonly number[] {
  if (isIPv4(address)) return address.split('.').map(Number);
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0];
  const hex = dotted ? address.slice(0, -dotted.length) + groups(dotted.split('.').map(Number)).join(':') : address;
  const [head = '', tail] = hex.split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = (tail ?? '').split(':').filter((group) => group !== '');
  const middle = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...middle, ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function groups(bytes: readonly number[]): string[] {
  const pairs: string[] = [];
  for (let index = 0; index < bytes.length; index += 2) {
    pairs.push((((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0)).toString(16));
  }
  return pairs;
}

/** The URL standard's serializer writes IPv6 as RFC 5952 asks. */
function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  return new URL(`http://[${groups(bytes).join(':')}]/`).hostname.slice(1, -1);
}
