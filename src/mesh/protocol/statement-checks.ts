import { CaroError } from '../../domain/errors.ts';
import type { DualEnvelope, Envelope } from '../../domain/identity/signed-envelope.ts';
import { openRevocation, openRotation } from '../../identity/key-statement.ts';

/**
 * Holds the rotations of a hello to what a peer may say of itself: signed, each the continuation of
 * the one before, and its own key one of theirs.
 *
 * @throws CaroError `rotation_invalid`
 */
export function checkRotations(peer: string, statements: readonly DualEnvelope[]): void {
  const opened = statements.map(openRotation);
  const isChain = opened.every((statement, index) => index === 0 || opened[index - 1]?.new === statement.old);
  const isOwn = opened.length === 0 || opened.some((statement) => statement.old === peer || statement.new === peer);
  if (!isChain || !isOwn)
    throw new CaroError('rotation_invalid', 'expected rotations of the sender, each from the key before');
}

/**
 * A stranger at the address of a peer is heard on nothing but that he is that peer now: he MUST NOT
 * fill the book with keys of his own.
 * @throws CaroError `key_changed`
 */
export function checkIntroduction(
  expected: string,
  statements: readonly DualEnvelope[],
  isHeir: (id: string, later: string) => boolean,
): void {
  if (!statements.some((statement) => isHeir(expected, openRotation(statement).old)))
    throw new CaroError('key_changed', 'expected the key of the peer, got another that nothing explains');
}

/**
 * @throws CaroError `rotation_invalid` unless each is of a key from which one of the rotations
 *   leads away
 */
export function checkEarlierRevocations(rotations: readonly DualEnvelope[], revocations: readonly Envelope[]): void {
  const earlier = rotations.map((rotation) => openRotation(rotation).old);
  if (!revocations.every((revocation) => earlier.includes(openRevocation(revocation).key))) {
    throw new CaroError('rotation_invalid', 'expected revocations of keys that the sender had before');
  }
}

/** @throws CaroError `rotation_invalid` unless `peer` revokes its own key */
export function checkRevocation(peer: string, statement: Envelope): void {
  if (openRevocation(statement).key !== peer) {
    throw new CaroError('rotation_invalid', 'expected a revocation of the key of its sender');
  }
}
