/**
 * Status of a key of another node (docs/design.md §6). `current`: trusted as its rules say, or as
 * the key that it replaced was; `pending`: endorsed by the key before it, within the grace period;
 * `retired`: replaced by a successor; `suspended`: two successors of one key conflict; `revoked`:
 * by its own owner.
 */
export const KEY_STATES = ['current', 'pending', 'retired', 'suspended', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** A key in one of these states may not connect, even if a trust rule allows it. */
export const SHUT_STATES = ['retired', 'suspended', 'revoked'] as const;
export type ShutState = (typeof SHUT_STATES)[number];

export const isShut = (state: KeyState): state is ShutState => SHUT_STATES.some((shut) => shut === state);

/** Whether a confirmation by the owner would change anything: the new key is not trusted (yet). */
export const needsConfirmation = ({ state, confirmed }: Pick<KeyChange, 'state' | 'confirmed'>): boolean =>
  !confirmed && (state === 'pending' || state === 'suspended' || state === 'revoked');

/** One step from a key to its successor, as shown to the owner of this node. */
export interface KeyChange {
  /** Node ids. */
  readonly old: string;
  readonly new: string;
  /** 16 hex digits each, for people to compare. */
  readonly oldFingerprint: string;
  readonly newFingerprint: string;
  /** Status of the new key. */
  readonly state: KeyState;
  /** When this node learned of it, ISO 8601 UTC. */
  readonly since: string;
  /** When trust moves without a confirmation; null where it has moved, or never will. */
  readonly movesAt: string | null;
  /** Whether the owner of this node confirmed the new key. */
  readonly confirmed: boolean;
}

/** Keys that the node had before `id`, newest first. */
export function keysBefore(changes: readonly KeyChange[], id: string): readonly string[] {
  const step = changes.find((change) => change.new === id);
  return step ? [step.old, ...keysBefore(changes, step.old)] : [];
}

/**
 * What `find` returns for a key or else for the newest key before it that it knows: a node keeps
 * its name when it changes its key.
 */
export const alongKeys = <T>(
  changes: readonly KeyChange[],
  id: string,
  find: (key: string) => T | null | undefined,
): T | undefined =>
  [id, ...keysBefore(changes, id)].map(find).find((found) => found !== null && found !== undefined) ?? undefined;

/** Every successor of `id`, also of conflicting statements. */
export const keysAfter = (changes: readonly KeyChange[], id: string): readonly string[] =>
  changes.filter((change) => change.old === id).flatMap((change) => [change.new, ...keysAfter(changes, change.new)]);

/**
 * The keys that a revocation by the owner of this node covers: `id`, its successors, and where
 * trust has moved to it those before it, which would be trusted again if the file of known keys
 * were lost.
 */
export function revokedWith(changes: readonly KeyChange[], id: string): readonly string[] {
  const state = changes.find((change) => change.new === id)?.state;
  const isTrusted = state === 'current' || state === 'retired';
  return [...(isTrusted ? keysBefore(changes, id) : []), id, ...keysAfter(changes, id)];
}
