import type { ErrorCode } from '../errors.ts';
import type { ShellKind } from '../events/shell-kind.ts';
import type { GrantLevel, Role, SharingLevel } from '../policy/trust.ts';
import type { RulesStatus } from '../rules/custom-rule.ts';
import type { AgentCoverage } from './agent-coverage.ts';
import type { NodeReason } from './node-reasons.ts';
import type { RelayStatus } from './relay-status.ts';
import type { Waiting } from './waiting.ts';

export interface ObserveStatus {
  /** Events stored. */
  readonly events: number;
  /** Bytes in the spool that are not committed yet. */
  readonly pending: number;
  /**
   * Records that hooks could not write (a full disk) or that could not be kept (torn, foreign, over
   * a size cap), since the database was made.
   */
  readonly dropped: number;
  /**
   * Commands that are stored without their text because the service ended twice while it analysed
   * them, since the start.
   */
  readonly setAside: number;
  /** End of the pause in force (ISO 8601 UTC); null if commands are recorded. */
  readonly pausedUntil: string | null;
  readonly shells: readonly { readonly shell: ShellKind; readonly sessions: number; readonly lastSeen: string }[];
  /** Coding agents that run, have reported, or have our entry in their hook file. */
  readonly agents: readonly AgentCoverage[];
  /** Why nothing can be stored, if so. */
  readonly trouble: string | null;
}

/** `offline`: it is not connected, and this node has no address to dial. */
export const NODE_STATES = ['connected', 'connecting', 'offline', 'refused', 'skewed'] as const;
export type NodeState = (typeof NODE_STATES)[number];

export interface MeshStatus {
  readonly enabled: boolean;
  /** Where peers connect: `IP:port`, several joined with a comma; null if nowhere. */
  readonly listen: string | null;
  /** Set while peers cannot connect to (one of) the configured addresses. */
  readonly waiting: Waiting | null;
  /** Null where this node uses no relay. */
  readonly relay: RelayStatus | null;
  /** All peers and trusted nodes, and nodes that a trusted subnet let in; troubles first. */
  readonly peers: readonly {
    readonly id: string;
    readonly name: string | null;
    /** Null where it has to connect to this node and has not. */
    readonly address: string | null;
    readonly trust: GrantLevel;
    readonly state: NodeState;
    /** Why it is not connected; null where it is, or where nothing has failed yet. */
    readonly reason: NodeReason | null;
    readonly skewMs: number | null;
    /** When it was last known to be connected, ISO 8601 UTC; null where that is unknown. */
    readonly lastSeen: string | null;
    /** Version of its program; null where it is unknown. */
    readonly version: string | null;
  }[];
}

/** Something happened between this node and another. */
export type MeshChange =
  | { readonly change: 'connected' | 'disconnected'; readonly id: string; readonly address: string }
  | ({ readonly change: 'paired' } & PairedNode)
  /** A node proved the invite, but could not be stored. */
  | { readonly change: 'unstored'; readonly id: string; readonly name: string; readonly code: ErrorCode };

/** A code for `caro peers join`: to be shown to the owner once, never logged. */
export interface OpenInvite {
  readonly code: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** The other side of a pairing; it is trusted only once the owner has set a level. */
export interface PairedNode {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  /** `IP:port` where it takes connections; null if nowhere. */
  readonly address: string | null;
}

/** The change of this node's key that is under way (FR-104). */
export interface RotationStatus {
  /** Node ids of the current and of the next key. */
  readonly from: string;
  readonly to: string;
  /** 16 hex digits, of the next key. */
  readonly fingerprint: string;
  /** Whether the current key was revoked because others may have it. */
  readonly compromised: boolean;
  /** When the next key replaces the current one, ISO 8601 UTC. */
  readonly switchesAt: string;
}

export interface RotationBegun extends RotationStatus {
  /** Node ids of the peers that were notified at once; others are when they connect. */
  readonly told: readonly string[];
}

export interface ActorStatus {
  readonly name: string;
  readonly state: 'running' | 'restarting' | 'degraded' | 'stopped';
  readonly handled: number;
  readonly failed: number;
  readonly restarts: number;
  readonly queue: number;
  readonly busyMs: number;
}

/** State of the database and of its disk (NFR-303). */
export interface StorageStatus {
  /** Why nothing can be written, if so. */
  readonly trouble: string | null;
  /** Writes that failed since the start because the disk was full, read-only or failing. */
  readonly failures: number;
  /** Databases that were moved aside as damaged and not salvaged yet: paths, oldest first. */
  readonly setAside: readonly string[];
  readonly backup: {
    /** When the newest scheduled or ordered copy was made, ISO 8601 UTC; null if there is none. */
    readonly last: string | null;
    /** Why the last one that was due could not be made, if so. */
    readonly trouble: string | null;
  };
  /** Lines that could not be written to the log since the start. */
  readonly logLinesLost: number;
}

/** What is shared, and what about it the owner may not expect. */
export interface SharingStatus {
  readonly level: SharingLevel;
  readonly denyTools: readonly string[];
  /** Valid settings of trust and sharing that may not do what the owner expects. */
  readonly warnings: readonly string[];
}

/** How a shell is observed: the line to add, and the start file that it belongs in. */
export interface ShellSetup {
  readonly shell: ShellKind;
  readonly file: string;
  readonly line: string;
}

/** `caro status --json` (docs/design.md §10). */
export interface ServiceStatus {
  readonly node: {
    readonly id: string;
    readonly fingerprint: string;
    readonly name: string;
    readonly role: Role;
    /** The change of key that is under way, if there is one. */
    readonly rotation?: RotationStatus;
  };
  readonly service: { readonly pid: number; readonly uptimeSeconds: number; readonly version: string };
  readonly dashboard: {
    readonly url: string;
    /** Set while another program has its port. */
    readonly waiting: Waiting | null;
  };
  readonly setup: readonly ShellSetup[];
  /** Null, like the next four, where the part that knows it is busy or degraded: see `actors`. */
  readonly observe: ObserveStatus | null;
  readonly mesh: MeshStatus | null;
  readonly sharing: SharingStatus | null;
  readonly audit: { readonly records: number; readonly verified: boolean } | null;
  readonly rules: RulesStatus | null;
  readonly storage: StorageStatus;
  /** Null where the system does not say it, as without `/proc`. */
  readonly memory: { readonly rssBytes: number | null };
  readonly actors: readonly ActorStatus[];
}
