import { stringify } from 'smol-toml';
import type { PeerEntry } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import type { SharingLevel, TrustLevel } from '../../domain/policy/trust.ts';
import { replacePrivately } from '../../platform/files/private-file.ts';
import type { Places } from '../places.ts';

/**
 * Settings made by commands such as `peers add`, `trust set` and `sharing enable`
 * (docs/design.md §4).
 */
export interface ManagedSettings {
  readonly mesh: { readonly peers: readonly PeerEntry[] };
  readonly trust: {
    readonly nodes: Readonly<Record<string, TrustLevel>>;
    readonly subnets: Readonly<Record<string, TrustLevel>>;
    readonly deny: { readonly nodes: readonly string[]; readonly subnets: readonly string[] };
  };
  /** Absent until a command has set it. */
  readonly sharing: { readonly level?: SharingLevel };
  readonly blind: { readonly report?: boolean; readonly task?: string };
}

const HEADER = `# Written by caro commands (peers, trust, sharing, blind) and merged over caro.toml; a deny in either file wins.
# Edit caro.toml instead: the next command overwrites this file.

`;

/** The text of the file; `parseSettings` returns the same settings. */
export const encodeManaged = (settings: ManagedSettings): string => HEADER + stringify(settings);

/**
 * Replaces `managed.toml` (0600) in one step: after a crash it holds the old settings or the new
 * ones, never a part. `settings` MUST have been checked: `changeManaged` in loader.ts does both.
 *
 * @throws CaroError `place_unusable`
 */
export function writeManaged(places: Pick<Places, 'managed'>, settings: ManagedSettings): void {
  try {
    replacePrivately(places.managed, encodeManaged(settings));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CaroError('place_unusable', `${places.managed}: expected to write this file, got ${code}`, {
      cause: error,
    });
  }
}
