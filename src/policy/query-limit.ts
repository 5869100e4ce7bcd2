import { sourceNetwork } from '../domain/ip-address.ts';
import type { Asker, PolicySettings } from '../domain/policy/policy.ts';
import { createTokenBuckets, type TakenToken } from '../domain/token-bucket.ts';
import { trustRuleFor } from './decide.ts';

/** Queries served in a minute for each node that a rule names, and for each address of others. */
export const QUERIES_PER_MINUTE = 60;
/** Queries served in a minute for all unnamed nodes of a network together. */
export const QUERIES_PER_NETWORK = 240;

const MINUTE_MS = 60_000;

/** Who shares a limit, and the answers that are repeated for a minute. */
export interface QuerySource {
  /** A node id, or the network of a node that no rule names. */
  readonly key: string;
  /** IP address of an unnamed node; null for a named one. */
  readonly address: string | null;
}

/**
 * Trust by subnet or by default holds for any key, and a key costs nothing. So what counts for a
 * node that no rule names is where it connects from.
 */
export function querySource({ trust }: Pick<PolicySettings, 'trust'>, asker: Asker): QuerySource {
  const { id, address } = asker;
  const isNamed = trustRuleFor(trust, { ...asker, action: 'query' }).rule === 'trust.nodes';
  if (isNamed || address === undefined) return { key: id, address: null };
  return { key: sourceNetwork(address), address };
}

export interface QueryLimit {
  /** Counts a query. `limit` is the one that it exceeds; absent if it is served. */
  readonly take: (source: QuerySource, nowMs: number) => TakenToken & { readonly limit?: LimitName };
}

export type LimitName = 'node' | 'address' | 'network';

export function createQueryLimit(): QueryLimit {
  const perMinute = (burst: number) => createTokenBuckets({ burst, refillMs: MINUTE_MS / burst });
  const [nodes, addresses] = [perMinute(QUERIES_PER_MINUTE), perMinute(QUERIES_PER_MINUTE)];
  const networks = perMinute(QUERIES_PER_NETWORK);
  return {
    take: ({ key, address }, nowMs) => {
      if (address === null) return limited(nodes.take(key, nowMs), 'node');
      // One address cannot use up the limit of its network.
      const own = limited(addresses.take(address, nowMs), 'address');
      if (!own.isGranted) return own;
      const shared = limited(networks.take(key, nowMs), 'network');
      return shared.isGranted ? { isGranted: true, refused: own.refused + shared.refused } : shared;
    },
  };
}

const limited = (token: TakenToken, limit: LimitName): TakenToken & { readonly limit?: LimitName } =>
  token.isGranted ? token : { ...token, limit };
