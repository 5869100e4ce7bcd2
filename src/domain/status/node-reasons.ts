import type { ErrorCode } from '../errors.ts';
import type { KeyState } from '../identity/key-state.ts';
import { naturalOrder } from '../natural-order.ts';

/**
 * Why a node is not connected, the worst first. `docs/operations.md` has the same table, which a
 * test compares.
 */
export const NODE_REASONS = {
  key_changed: 'another key answers at its address; compare fingerprints with its owner: caro trust list',
  key_suspended: 'two keys claim to follow its key; choose one: caro trust confirm',
  key_revoked: 'its owner has revoked its key; confirm the next one: caro trust confirm',
  key_retired: 'another key has replaced this one; see: caro trust list',
  key_pending: 'its new key is not trusted yet; confirm it: caro trust confirm',
  skewed: 'the clocks differ by more than 5 minutes; set the clock that is wrong',
  certificate_time: 'its certificate is not valid by this clock; compare the clocks of both machines',
  not_trusted:
    'it hangs up: its owner has not run caro trust set, or no officer has approved this node (caro org status)',
  denied: 'trust.deny of this node refuses it; see: caro trust explain',
  refused: 'one of the two sides refuses; see: caro audit list --type peer.refused',
  unreachable: 'nothing answers at its address; check that its service runs and that the address is right',
  no_address: 'no address of it is known; it has to connect to this node',
} as const satisfies Readonly<Record<string, string>>;
export type NodeReason = keyof typeof NODE_REASONS;
export const NODE_REASON_NAMES = Object.keys(NODE_REASONS) as readonly NodeReason[];

/** Codes with a reason of their own; any other code is `refused`. */
const REASON_OF: Readonly<Partial<Record<ErrorCode, NodeReason>>> = {
  key_changed: 'key_changed',
  key_suspended: 'key_suspended',
  key_revoked: 'key_revoked',
  key_retired: 'key_retired',
  key_pending: 'key_pending',
  clock_skewed: 'skewed',
  certificate_expired: 'certificate_time',
  peer_untrusted: 'not_trusted',
  peer_unreachable: 'unreachable',
  peer_gone: 'unreachable',
  tls_timeout: 'unreachable',
};

export const reasonOfCode = (code: ErrorCode): NodeReason => REASON_OF[code] ?? 'refused';

/** Null for a key that is current or that only waits for its time. */
export const reasonOfKey = (state: KeyState | undefined): NodeReason | null =>
  state === 'suspended' || state === 'revoked' || state === 'retired' ? `key_${state}` : null;

/** Troubles first, in the order of the table, then connected nodes; by name among equals. */
export function byTrouble(a: NodeRow, b: NodeRow): number {
  return rankOf(a) - rankOf(b) || naturalOrder(a.name ?? a.id, b.name ?? b.id);
}

interface NodeRow {
  readonly id: string;
  readonly name: string | null;
  readonly state: string;
  readonly reason: NodeReason | null;
}

function rankOf({ state, reason }: NodeRow): number {
  if (reason !== null) return NODE_REASON_NAMES.indexOf(reason);
  return NODE_REASON_NAMES.length + (state === 'connected' ? 1 : 0);
}
