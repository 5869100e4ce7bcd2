import type { Configuration, TrustTest } from '../configuration.ts';
import type { KeyState } from '../identity/key-state.ts';
import type { QueryType, TrustLevel } from './trust.ts';

/** The part of the configuration that decides. */
export type PolicySettings = Pick<Configuration, 'trust' | 'sharing'>;

/**
 * What another node wants of this one. `connect` also covers every message that carries none of our
 * figures.
 */
export const POLICY_ACTIONS = ['connect', 'receive-summary', 'query'] as const;
export type PolicyAction = (typeof POLICY_ACTIONS)[number];

export interface PolicyQuestion {
  /** Node id of the other side, as proven by its key. */
  readonly id: string;
  /** Its IP address, where there is a connection. Without one no subnet matches. */
  readonly address?: string;
  readonly action: PolicyAction;
  /** For the record; all types are decided alike. */
  readonly queryType?: QueryType;
  /**
   * Set by the gate on what is about to leave: the decision must allow this level, not merely some
   * level.
   */
  readonly level?: 1 | 2;
  /**
   * Earlier ids of a node that rotated its key: a denial of any of them covers it at once
   * (docs/design.md §6).
   */
  readonly formerIds?: readonly string[];
  /**
   * The former id whose trust has moved to this one, once the grace is over or the owner has
   * confirmed it.
   */
  readonly trustedAs?: string;
  /**
   * How its key stands, where that is not simply current: a retired, suspended or revoked one is
   * shut out.
   */
  readonly keyState?: Exclude<KeyState, 'current'>;
}

export interface Decision {
  readonly allow: boolean;
  /**
   * The most detailed level that this node may have: 1 summaries, 2 aggregates only; null for
   * `connect` and where denied.
   */
  readonly level: 1 | 2 | null;
  /** The rule that decided, as it stands in the configuration: `trust.subnets "10.0.1.0/24"`. */
  readonly rule: string;
  /** One plain sentence for the owner. Never sent to the other side. */
  readonly reason: string;
}

/** Who asks, as proven by its connection. */
export type Asker = Pick<PolicyQuestion, 'id' | 'address' | 'formerIds' | 'trustedAs' | 'keyState'>;

/**
 * What `caro trust explain` prints. `decision` is the one that the gate would make, not a
 * description of it.
 */
export interface Explanation {
  readonly decision: Decision;
  /** The level that trust alone gives, before the sharing level cuts. */
  readonly trust: TrustLevel | 'denied';
  /** In the order in which they were looked at, the deciding one last. */
  readonly steps: readonly string[];
  /** Decisions about the other actions, so that one answer tells the whole story. */
  readonly others: Readonly<Partial<Record<PolicyAction, Decision>>>;
  readonly toolsKeptBack: readonly string[];
}

/** A node that the rules of trust name. */
export interface NamedNode {
  readonly id: string;
  readonly name: string | null;
  /** IP address of its entry among the peers; null where it has none. */
  readonly address: string | null;
}

/** Who is trusted how far, as the configuration says it; denials win over all else. */
export interface TrustRules {
  readonly default: TrustLevel;
  readonly nodes: readonly (NamedNode & { readonly level: TrustLevel })[];
  readonly subnets: readonly { readonly subnet: string; readonly level: TrustLevel }[];
  readonly deniedNodes: readonly NamedNode[];
  readonly deniedSubnets: readonly string[];
  /** Peers that no rule names: the subnets or the default decide about them. */
  readonly others: readonly NamedNode[];
}

/** How one of `[[trust.tests]]` came out. */
export interface TrustTestResult {
  /** Position in `[[trust.tests]]`, from 0. */
  readonly index: number;
  readonly test: TrustTest;
  readonly ok: boolean;
  /**
   * Whether it fails because of `caro trust revoke`, which goes before it: it then keeps nothing
   * from being taken over.
   */
  readonly overruled: boolean;
  /** What the rules of trust give, with sharing on. */
  readonly outcome: string;
  readonly rule: string;
  /** What would happen now, with the sharing level as it is set. */
  readonly now: string;
}
