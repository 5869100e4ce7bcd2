import type { AlertRule } from './alerts/alert.ts';
import type { BlindRole } from './blind/terms.ts';
import type { ShellKind } from './events/shell-kind.ts';
import type { GuardSettings } from './guard/guard.ts';
import type { RosterSource } from './organisation/roster-source.ts';
import type { QueryType, Role, SharingLevel, TrustLevel } from './policy/trust.ts';
import type { ConnectChoice } from './relay/connect-mode.ts';

export interface PeerEntry {
  readonly name?: string;
  readonly id: string;
  /**
   * One or several of `IP:port`, `[IPv6]:port`, or `name:port` where `allow_dns` is set. Absent for
   * a peer that dials this node.
   */
  readonly address?: string | readonly string[];
}

export interface TrustTest {
  readonly who: string;
  readonly from?: string;
  readonly query: QueryType;
  /** `allow L1`, `allow L2` or `deny`. */
  readonly expect: string;
}

/**
 * The whole configuration with defaults filled in (docs/design.md §4); keys are spelled as in the
 * TOML file.
 */
export interface Configuration {
  readonly node: { readonly name: string; readonly role: Role };
  readonly observe: {
    readonly shells: readonly ShellKind[];
    readonly redact: boolean;
    readonly ignore: readonly string[];
    readonly private: readonly { readonly path: string }[];
  };
  /** Commands of coding agents whose hook the owner installed. */
  readonly agents: { readonly observe: boolean };
  readonly dashboard: { readonly host: string; readonly port: number };
  readonly mesh: {
    readonly enabled: boolean;
    readonly listen: string;
    readonly mdns: boolean;
    readonly allow_dns: boolean;
    readonly allow_public: boolean;
    readonly peers: readonly PeerEntry[];
  };
  readonly trust: {
    readonly default: TrustLevel;
    readonly nodes: Readonly<Record<string, TrustLevel>>;
    readonly subnets: Readonly<Record<string, TrustLevel>>;
    readonly deny: { readonly nodes: readonly string[]; readonly subnets: readonly string[] };
    /** The part of `deny.nodes` that `trust revoke` added: `trust.tests` cannot refuse these. */
    readonly revoked?: readonly string[];
    readonly tests: readonly TrustTest[];
    /** The roster of the organization that this node has joined; absent without one. */
    readonly roster?: RosterSource;
  };
  readonly sharing: { readonly level: SharingLevel; readonly deny_tools: readonly string[]; readonly live: boolean };
  readonly blind: {
    readonly report: boolean;
    readonly floor: number;
    readonly role: BlindRole;
    /** Id of the task that this node takes part in; absent without one. */
    readonly task?: string;
  };
  readonly trustee: {
    /** Smallest noise with which this node endorses a task. */
    readonly noise_sd: number;
    readonly units: Readonly<Record<string, string>>;
  };
  /** What the guard of coding agents does (docs/guard.md). */
  readonly guard: GuardSettings;
  /** `folder`: absolute path of the custom rules; empty for `rules` beside `caro.toml`. */
  readonly rules: { readonly folder: string };
  readonly backup: { readonly daily: boolean; readonly keep: number };
  /** Whether, and how, this node uses the relay of its organization. */
  readonly relay: { readonly connect: ConnectChoice; readonly poll_hours: number };
  /** Nodes that cosign the audit log, and whether this node cosigns those of others. */
  readonly audit: { readonly witnesses: readonly string[]; readonly witness: boolean };
  readonly privacy: { readonly min_contributors: number };
  /**
   * `follow`: whether the roster grants anything; `requests`: whether this node, as a supervisor,
   * takes requests to join from nodes that it does not know.
   */
  readonly org: { readonly follow: boolean; readonly requests: boolean };
  /** Questions that this node asks the mesh once a day. */
  readonly analyst: { readonly daily: readonly QueryType[] };
  /** Alerts on totals. */
  readonly alerts: readonly AlertRule[];
  /** Where alerts are sent over TLS; nowhere without an address. `ca`: file with certificates. */
  readonly syslog: { readonly address: string; readonly ca: string; readonly name: string };
  readonly retention: {
    readonly events_days: number;
    readonly summaries_days: number;
    readonly audit_days: number;
    readonly egress_days: number;
    readonly answers_days: number;
  };
}
