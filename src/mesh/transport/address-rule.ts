import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { CaroError } from '../../domain/errors.ts';
import { type Endpoint, isInternal, type ListenPlace, parseEndpoint } from '../../domain/ip-address.ts';

export interface AddressRules {
  readonly allowPublic: boolean;
  readonly allowDns: boolean;
}

/** The IPv4 address of an IPv4-mapped IPv6 address; any other address unchanged. */
export const plainAddress = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

/** Host and port in the form that `parseEndpoint` reads. */
export const endpointText = ({ host, port }: Endpoint): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * The mesh listens on loopback, private and link-local addresses only, unless the owner allows
 * public ones (FR-206). The addresses of an interface are checked when they are known.
 * @throws CaroError `address_unsafe`
 */
export function checkListen(place: ListenPlace, { allowPublic }: Pick<AddressRules, 'allowPublic'>): void {
  if ('interface' in place) return;
  const { host, port } = place;
  if (isIP(host) === 0) {
    throw new CaroError(
      'address_unsafe',
      `expected mesh.listen to be an IP address and a port, got the name ${host}:${port}`,
    );
  }
  if (allowPublic || isInternal(host)) return;
  throw new CaroError(
    'address_unsafe',
    `expected mesh.listen to be a loopback, private or link-local address, got ${host}; set mesh.allow_public = true to allow it`,
  );
}

/**
 * Checks the address of a peer before it is dialled. A name needs `allowDns`; the addresses that it
 * resolves to are checked by `checkedLookup`.
 * @throws CaroError `address_unsafe`
 */
export function checkDial(address: string, { allowPublic, allowDns }: AddressRules): Endpoint {
  const endpoint = parseEndpoint(address);
  if (!endpoint || endpoint.port === 0)
    throw new CaroError('address_unsafe', 'expected the address of a peer as IP:port, got another form');
  const isName = isIP(endpoint.host) === 0;
  if (isName && !allowDns) {
    throw new CaroError(
      'address_unsafe',
      `expected the IP address of a peer, got the name ${endpoint.host}; set mesh.allow_dns = true to allow names`,
    );
  }
  if (!isName && !allowPublic && !isInternal(endpoint.host)) throw publicAddress(endpoint.host);
  return endpoint;
}

/**
 * What a hello says about where this node listens: the endpoint at the address that the peer sees.
 * It would ignore others, and they would tell it of other networks.
 */
export const announcedFrom = (endpoints: readonly Endpoint[], localAddress: string): readonly string[] =>
  endpoints
    .filter(({ host }) => (host === localAddress || host === '0.0.0.0' || host === '::') && isInternal(localAddress))
    .slice(0, 1)
    .map(({ port }) => endpointText({ host: localAddress, port }));

/**
 * Of the endpoints that a peer announces, the one whose IP address its connection has proven.
 * Undefined if there is none: a peer can claim the address of any machine, and this node would dial
 * it. Never public, whatever the owner allows for listening and for the peers of the configuration.
 */
export function provenEndpoint(announced: readonly string[], address: string): string | undefined {
  return announced.find((text) => {
    const endpoint = parseEndpoint(text);
    return endpoint !== undefined && endpoint.port > 0 && endpoint.host === address && isInternal(address);
  });
}

/**
 * Resolves a name as Node does, and applies the rule of `checkDial` to every address. Not called
 * for IP addresses.
 */
export const checkedLookup =
  ({ allowPublic }: Pick<AddressRules, 'allowPublic'>): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const outside = allowPublic ? undefined : addresses.find(({ address }) => !isInternal(address));
      if (outside) callback(publicAddress(outside.address), []);
      else if (options.all) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };

const publicAddress = (host: string): CaroError =>
  new CaroError(
    'address_unsafe',
    `expected a peer at a loopback, private or link-local address, got ${host}; set mesh.allow_public = true to allow it`,
  );
