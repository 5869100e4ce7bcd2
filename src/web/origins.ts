/**
 * Origins of the dashboard. Each login has its own, `http://LABEL.localhost:PORT/`: what another
 * program left in the browser for an origin that it held before (a service worker, a cached script)
 * does not apply to one that did not exist then.
 */

/** What a login is bound to; null for the plain names, where a browser resolves no other. */
export type OriginLabel = string | null;

/** 128 random bits. */
export const isOriginLabel = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

export const originUrl = (label: OriginLabel, port: number): string =>
  `http://${label === null ? '' : `${label}.`}localhost${port === 80 ? '' : `:${port}`}/`;

const PLAIN = ['localhost', '127.0.0.1', '[::1]'];

/** The `Host` values that are answered. Any other name points here by DNS rebinding. */
export interface OwnHosts {
  readonly has: (host: string) => boolean;
  /** The label in a `Host` value; null for a plain name, undefined for a foreign one. */
  readonly labelOf: (host: string | undefined) => OriginLabel | undefined;
}

/** @param labels those of the open and of the current logins, as they are at the moment. */
export function ownHosts(port: number, labels: () => readonly string[]): OwnHosts {
  const suffixes = [`:${port}`, ...(port === 80 ? [''] : [])];
  const plain = new Set(PLAIN.flatMap((name) => suffixes.map((suffix) => name + suffix)));
  const labelOf: OwnHosts['labelOf'] = (host = '') => {
    if (plain.has(host)) return null;
    return labels().find((label) => suffixes.some((suffix) => host === `${label}.localhost${suffix}`));
  };
  return { labelOf, has: (host) => labelOf(host) !== undefined };
}
