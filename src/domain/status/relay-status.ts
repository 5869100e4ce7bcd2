import type { ErrorCode } from '../errors.ts';
import type { ConnectMode } from '../relay/connect-mode.ts';

/**
 * `no_pass`: no officer has given this node a pass yet. `unusable`: its pass cannot be opened.
 * `waiting`: it connects again at `nextAt`.
 */
export const RELAY_STATES = ['no_pass', 'unusable', 'connected', 'connecting', 'waiting'] as const;

/** This node and the relay of its organization. */
export interface RelayStatus {
  readonly state: (typeof RELAY_STATES)[number];
  readonly mode: ConnectMode;
  /** Why the last attempt failed, or the last connection ended; null if nothing has failed. */
  readonly code: ErrorCode | null;
  /** ISO 8601 UTC; null unless it waits. */
  readonly nextAt: string | null;
  /** When its pass expires, ISO 8601 UTC; null without one. */
  readonly passExpires: string | null;
}

const REASONS: Readonly<Partial<Record<ErrorCode, string>>> = {
  relay_unreachable: 'it cannot be reached',
  relay_refused: 'it refuses this node',
  relay_key_changed: 'it has another key than the one agreed on',
  relay_full: 'it has no room',
  relay_unready: 'it stores no messages now; its disk may be full',
};
const reasonText = (code: ErrorCode): string => REASONS[code] ?? code;

/** One line for the owner. @param timeText of an ISO 8601 time */
export function relayText({ state, mode, code, nextAt }: RelayStatus, timeText: (time: string) => string): string {
  const next = nextAt === null ? '' : `; next attempt ${timeText(nextAt)}`;
  switch (state) {
    case 'no_pass':
      return 'no pass yet: an officer makes one, and it comes from a supervisor or with caro org import';
    case 'unusable':
      return `the pass of this node cannot be used (${code ?? 'internal'}); ask an officer for a new one`;
    case 'connected':
      return mode === 'stay' ? 'connected' : 'connected until everything is sent';
    case 'connecting':
      return code === null ? 'connecting' : `connecting again, because ${reasonText(code)}`;
    case 'waiting':
      return code === null ? `not connected between two visits${next}` : `waiting, because ${reasonText(code)}${next}`;
  }
}
