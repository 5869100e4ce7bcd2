import { CaroError } from '../domain/errors.ts';
import type { DualEnvelope } from '../domain/identity/signed-envelope.ts';
import { openRotation } from '../identity/key-statement.ts';
import { type KeyBook, observeRotation, rootOf } from './key-book.ts';

/** Something new about the keys of a node. */
export interface KeyNews {
  readonly outcome: 'new' | 'conflict';
  /** Node ids. */
  readonly from: string;
  readonly to: string;
}

export interface RotationIntake {
  readonly book: KeyBook;
  readonly news: readonly KeyNews[];
  /**
   * From some step on nothing was noted, since the book holds as much as it may of that node, or of
   * all.
   */
  readonly isFull: boolean;
}

/**
 * Takes note of what a node with the key `sender` says of its own keys, oldest first, as far as
 * there is room.
 *
 * @throws CaroError `rotation_invalid`, also for a step that leads neither to that key nor away
 *   from it: whoever says such things could
 * fill the book
 */
export function takeRotations(
  book: KeyBook,
  statements: readonly DualEnvelope[],
  sender: string,
  nowMs: number,
): RotationIntake {
  const news: KeyNews[] = [];
  let next = book;
  let isFull = false;
  for (const statement of statements) {
    const { book: observed, outcome } = observeRotation(next, statement, nowMs);
    next = observed;
    isFull = outcome === 'full';
    if (isFull) break;
    if (outcome !== 'new' && outcome !== 'conflict') continue;
    const { old: from, new: to } = openRotation(statement);
    news.push({ outcome, from, to });
  }
  const root = rootOf(next, sender);
  if (news.some(({ from }) => rootOf(next, from) !== root))
    throw new CaroError('rotation_invalid', 'expected rotations that lead to the key of the sender or away from it');
  return { book: next, news, isFull };
}
