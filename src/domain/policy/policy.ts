import type { Configuration, TrustTest } from '../configuration.ts';
import type { KeyState } from '../identity/key-state.ts';
import type { GrantLevel, QueryType, TrustLevel } from './trust.ts';

/** The part of the configuration that decisions depend on. */
export type PolicySettings = Pick<Configuration, 'trust' | 'sharing'> & {
  readonly blind?: Pick<Configuration['blind'], 'task'>;
};

/**
 * What another node wants of this one. `connect` also covers every message that carries none of our
 * figures. `advise`: send an advisory that this owner sees.
 */
export const POLICY_ACTIONS = ['connect', 'receive-summary', 'query', 'advise'] as const;
export type PolicyAction = (typeof POLICY_ACTIONS)[number];

export interface PolicyQuestion {
  /** Node id of the other side, as proven by its key. */
  readonly id: string;
  /** Its IP address, where there is a connection. Without one no subnet matches. */
  readonly address?: string;
  readonly action: PolicyAction;
  /** For the audit log; the decision is the same for all types. */
  readonly queryType?: QueryType;
  /**
   * Set by the gate on what is about to leave: the decision must allow this level, not merely some
   * level.
   */
  readonly level?: 1 | 2;
  /**
   * Former ids of a node that changed its key: a denial of any of them covers it at once
   * (docs/design.md §6).
   */
  readonly formerIds?: readonly string[];
  /** The former id whose trust this one has, after the grace period or a confirmation. */
  readonly trustedAs?: string;
  /** Whether a revoked or denied key connected from its address: no subnet grants it trust. */
  readonly hasLostSubnet?: boolean;
  /** Status of its key; default: current. A retired, suspended or revoked key is denied. */
  readonly keyState?: Exclude<KeyState, 'current'>;
}

export interface Decision {
  readonly allow: boolean;
  /**
   * The most detailed level that this node may have: 1 summaries, 2 aggregates only; null for
   * `connect` and where denied.
   */
  readonly level: 1 | 2 | null;
  /** The rule that decided, as in the configuration: `trust.subnets "10.0.1.0/24"`. */
  readonly rule: string;
  /** One plain sentence for the owner. Never sent to the other side. */
  readonly reason: string;
}

/** The asker, as proven by its connection. */
export type Asker = Pick<PolicyQuestion, 'id' | 'address' | 'formerIds' | 'trustedAs' | 'keyState' | 'hasLostSubnet'>;

/** What `caro trust explain` prints. `decision` is the one that the egress gate would get. */
export interface Explanation {
  readonly decision: Decision;
  /** The level by the trust rules, before the sharing level restricts it. */
  readonly trust: GrantLevel | 'denied';
  /** In the order in which they were checked; the last one decided. */
  readonly steps: readonly string[];
  /** Decisions about the other actions. */
  readonly others: Readonly<Partial<Record<PolicyAction, Decision>>>;
  readonly toolsKeptBack: readonly string[];
}

/** A node that is named by a trust rule. */
export interface NamedNode {
  readonly id: string;
  readonly name: string | null;
  /** IP address of its entry among the peers; null where it has none. */
  readonly address: string | null;
}

/** The trust rules of the configuration; denials take precedence. */
export interface TrustRules {
  readonly default: TrustLevel;
  readonly nodes: readonly (NamedNode & { readonly level: TrustLevel })[];
  readonly subnets: readonly { readonly subnet: string; readonly level: TrustLevel }[];
  readonly deniedNodes: readonly NamedNode[];
  readonly deniedSubnets: readonly string[];
  /** Peers that no rule names; subnets or the default apply to them. */
  readonly others: readonly NamedNode[];
}

/** Outcome of one of `[[trust.tests]]`. */
export interface TrustTestResult {
  /** Position in `[[trust.tests]]`, from 0. */
  readonly index: number;
  readonly test: TrustTest;
  readonly ok: boolean;
  /** Whether it fails because of `caro trust revoke`; then it does not refuse a configuration. */
  readonly overruled: boolean;
  /** Outcome by the trust rules, with sharing on. */
  readonly outcome: string;
  readonly rule: string;
  /** Outcome with the current sharing level. */
  readonly now: string;
}
