/**
 * How a key of another node stands (docs/design.md §6). `current`: as good as the trust in it, or
 * in the key whose trust has moved to it; `pending`: endorsed by a key before it, in its grace;
 * `retired`:
 * a successor has taken over; `suspended`: its lineage has two heirs; `revoked`: by its own owner.
 */
export const KEY_STATES = ['current', 'pending', 'retired', 'suspended', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** With a key in one of these nobody may connect, whatever the rules of trust say. */
export const SHUT_STATES = ['retired', 'suspended', 'revoked'] as const;
export type ShutState = (typeof SHUT_STATES)[number];

export const isShut = (state: KeyState): state is ShutState => SHUT_STATES.some((shut) => shut === state);

/**
 * Whether the owner's word would make a difference: without it the new key is not trusted (yet).
 */
export const needsConfirmation = ({ state, confirmed }: Pick<KeyChange, 'state' | 'confirmed'>): boolean =>
  !confirmed && (state === 'pending' || state === 'suspended' || state === 'revoked');

/** One step from a key to the next, as the owner of this node is shown it. */
export interface KeyChange {
  /** Node ids. */
  readonly old: string;
  readonly new: string;
  /** 16 hex digits each, for people to compare. */
  readonly oldFingerprint: string;
  readonly newFingerprint: string;
  /** How the new key stands. */
  readonly state: KeyState;
  /** When this node learned of it, ISO 8601 UTC. */
  readonly since: string;
  /**
   * When trust moves by itself, unless the owner confirms it sooner; null where it has, or will
   * not.
   */
  readonly movesAt: string | null;
  /** Whether the owner of this node said that it is right. */
  readonly confirmed: boolean;
}

/** Keys of the node before `id`, youngest first. */
export function keysBefore(changes: readonly KeyChange[], id: string): readonly string[] {
  const step = changes.find((change) => change.new === id);
  return step ? [step.old, ...keysBefore(changes, step.old)] : [];
}

/**
 * What `find` says of a key or, where it says nothing, of the youngest key before it that it knows:
 * a node keeps its name with a new key.
 */
export const alongKeys = <T>(
  changes: readonly KeyChange[],
  id: string,
  find: (key: string) => T | null | undefined,
): T | undefined =>
  [id, ...keysBefore(changes, id)].map(find).find((found) => found !== null && found !== undefined) ?? undefined;

/** Every key that descends from `id`, whoever may be right. */
export const keysAfter = (changes: readonly KeyChange[], id: string): readonly string[] =>
  changes.filter((change) => change.old === id).flatMap((change) => [change.new, ...keysAfter(changes, change.new)]);

/**
 * The keys that end with a revocation by the owner of this node: `id`, all that descend from it,
 * and where trust has moved to it those before it, which would else be trusted again if what is
 * known of keys were lost.
 */
export function revokedWith(changes: readonly KeyChange[], id: string): readonly string[] {
  const state = changes.find((change) => change.new === id)?.state;
  const hasTaken = state === 'current' || state === 'retired';
  return [...(hasTaken ? keysBefore(changes, id) : []), id, ...keysAfter(changes, id)];
}
