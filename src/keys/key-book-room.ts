/**
 * Room in the book of keys. Nodes of a trusted subnet can make up any number of keys, so keys that
 * the owner of this node knows go first (docs/design.md §6).
 */
import { MAX_KEYS, MAX_REVOKED, MAX_STORED_REVOKED } from '../domain/identity/key-statement.ts';

/** Whether the configuration names a key: among the peers, in a rule of trust or in a denial. */
export type IsNamed = (id: string) => boolean;

/** Maximum number of endorsements by one key. Two suspend it already. */
const MAX_PER_KEY = 4;
/** Maximum number of steps of one lineage, so that no peer can fill the book. */
const MAX_PER_FAMILY = 32;
/** Maximum number of steps of keys that nobody named; the others are reserved for named ones. */
export const MAX_UNNAMED = MAX_KEYS / 2;

/** A step from one key to the next; ids of nodes. */
interface Step {
  readonly old: string;
  readonly new: string;
}

interface LineageStep extends Step {
  /** Whether the owner of this node has confirmed it. */
  readonly confirmed: boolean;
}

/**
 * The rotations of a book that has room for the step; undefined if there is none.
 *
 * A rival always has room. Otherwise a thief could fill the book, and no rival would contest their
 * key. For a named key the oldest lineages of unnamed ones are dropped.
 */
export function roomFor<S extends LineageStep>(
  rotations: readonly S[],
  step: Step,
  isNamed: IsNamed,
): readonly S[] | undefined {
  const rivals = rotations.filter(({ old }) => old === step.old).length;
  if (rivals > 0) return rivals < MAX_PER_KEY ? rotations : undefined;
  const lineages = lineagesOf([...rotations, { ...step, confirmed: false }]);
  const own = lineages.find((steps) => steps.some(({ old, new: next }) => old === step.old && next === step.new)) ?? [];
  if (own.length > MAX_PER_FAMILY) return undefined;
  const strangers = lineages.filter((steps) => !isKnown(steps, isNamed));
  if (!isKnown(own, isNamed)) {
    const unnamed = strangers.reduce((sum, { length }) => sum + length, 0);
    return unnamed <= MAX_UNNAMED && rotations.length < MAX_KEYS ? rotations : undefined;
  }
  const dropped = new Set<Step>();
  for (const steps of strangers) {
    if (rotations.length - dropped.size < MAX_KEYS) break;
    for (const one of steps) dropped.add(one);
  }
  const kept = dropped.size === 0 ? rotations : rotations.filter((one) => !dropped.has(one));
  return kept.length < MAX_KEYS ? kept : undefined;
}

/**
 * The revoked keys with one more; undefined if there is no room. A revocation of a named key, or of
 * one in the book, counts whoever delivers it. Of other keys only the sender's own is stored, so
 * that no peer fills the book with invented keys.
 */
export function withRevoked(
  { rotations, revoked }: { readonly rotations: readonly Step[]; readonly revoked: readonly string[] },
  key: string,
  sender: string,
  isNamed: IsNamed,
): readonly string[] | undefined {
  const steps = new Set(rotations.flatMap(({ old, new: next }) => [old, next]));
  const isReserved = (id: string): boolean => steps.has(id) || isNamed(id);
  if (!isReserved(key)) return key === sender && revoked.length < MAX_REVOKED ? [...revoked, key] : undefined;
  if (revoked.length < MAX_STORED_REVOKED) return [...revoked, key];
  const oldest = revoked.findIndex((id) => !isReserved(id));
  return oldest === -1 ? undefined : [...revoked.toSpliced(oldest, 1), key];
}

const isKnown = (steps: readonly LineageStep[], isNamed: IsNamed): boolean =>
  steps.some((step) => step.confirmed || isNamed(step.old) || isNamed(step.new));

/** The steps by lineage, oldest lineage first. */
function lineagesOf(steps: readonly LineageStep[]): readonly (readonly LineageStep[])[] {
  const before = new Map(steps.map((step) => [step.new, step.old]));
  const roots = new Map<string, string>();
  const rootOf = (id: string): string => {
    const path: string[] = [];
    let root = id;
    for (let next: string | undefined = id; next !== undefined; next = before.get(root)) {
      root = roots.get(next) ?? next;
      path.push(next);
    }
    for (const one of path) roots.set(one, root);
    return root;
  };
  const lineages = new Map<string, LineageStep[]>();
  for (const step of steps) {
    const root = rootOf(step.old);
    const lineage = lineages.get(root);
    if (lineage) lineage.push(step);
    else lineages.set(root, [step]);
  }
  return [...lineages.values()];
}
