import type { PeerEntry } from './configuration.ts';
import type { SharingLevel, TrustLevel } from './policy/trust.ts';

/**
 * A change of `managed.toml` (docs/design.md §4). The page, the command line and pairing all use
 * these; `src/actors/settings.ts` makes the change while the service runs.
 */
export type SettingsChange =
  /** Sharing more than before needs the digest of a preview that was shown (FR-303, FR-504). */
  | { readonly set: 'sharing'; readonly level: SharingLevel; readonly preview?: string }
  /** Whether this node sends its reports for blind totals. */
  | { readonly set: 'blind'; readonly report: boolean }
  /** Between actors only: the owner has joined the task of this id. */
  | { readonly set: 'blind-joined'; readonly task: string }
  | { readonly set: 'blind-left' }
  /** `lift`: node ids whose denial the owner agreed to lift. */
  | { readonly set: 'trust'; readonly id: string; readonly level: TrustLevel; readonly lift?: readonly string[] }
  /** Denies the node, and every key that follows its present one. */
  | { readonly set: 'revoked'; readonly id: string }
  /** Denies addresses, as subnets of one address each. */
  | { readonly set: 'denied-addresses'; readonly subnets: readonly string[] }
  | { readonly set: 'peer'; readonly peer: PeerEntry }
  | { readonly set: 'no-peer'; readonly id: string };
