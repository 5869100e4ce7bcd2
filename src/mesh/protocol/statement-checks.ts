import { CaroError } from '../../domain/errors.ts';
import type { DualEnvelope, Envelope } from '../../domain/identity/signed-envelope.ts';
import { openRevocation, openRotation } from '../../identity/key-statement.ts';

/**
 * Checks that rotations are signed, that each one continues the one before, and that one of them is
 * from or to the sender's key.
 *
 * @throws CaroError `rotation_invalid`
 */
export function checkRotations(peer: string, statements: readonly DualEnvelope[]): void {
  const opened = statements.map(openRotation);
  const isChain = opened.every((statement, index) => index === 0 || opened[index - 1]?.new === statement.old);
  const isOwn = opened.length === 0 || opened.some((statement) => statement.old === peer || statement.new === peer);
  if (!isChain || !isOwn)
    throw new CaroError('rotation_invalid', "expected a chain of rotations that includes the sender's key");
}

/**
 * Checks that an unknown key at the address of a peer presents a rotation of that peer's key. Other
 * statements MUST NOT be taken: they could fill the key book.
 *
 * @throws CaroError `key_changed`
 */
export function checkIntroduction(
  expected: string,
  statements: readonly DualEnvelope[],
  isHeir: (id: string, later: string) => boolean,
): void {
  if (!statements.some((statement) => isHeir(expected, openRotation(statement).old)))
    throw new CaroError('key_changed', 'expected the key of the peer, got another key without a rotation to it');
}

/** @throws CaroError `rotation_invalid` unless each key is the old key of one of the rotations */
export function checkEarlierRevocations(rotations: readonly DualEnvelope[], revocations: readonly Envelope[]): void {
  const earlier = rotations.map((rotation) => openRotation(rotation).old);
  if (!revocations.every((revocation) => earlier.includes(openRevocation(revocation).key))) {
    throw new CaroError('rotation_invalid', "expected revocations of the sender's former keys only");
  }
}

/** @throws CaroError `rotation_invalid` unless `peer` revokes its own key */
export function checkRevocation(peer: string, statement: Envelope): void {
  if (openRevocation(statement).key !== peer) {
    throw new CaroError('rotation_invalid', 'expected a revocation of the key of its sender');
  }
}
