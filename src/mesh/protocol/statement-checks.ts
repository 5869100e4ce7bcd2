import { CaroError } from '../../domain/errors.ts';
import type { DualEnvelope } from '../../domain/identity/signed-envelope.ts';
import { openRotation } from '../../identity/key-statement.ts';

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
 * Whether an unknown key at the address of a peer presents a rotation of that peer's key. Other
 * rotations MUST NOT be taken: they could fill the key book.
 */
export const isIntroduction = (
  expected: string,
  statements: readonly DualEnvelope[],
  isHeir: (id: string, later: string) => boolean,
): boolean => statements.some((statement) => isHeir(expected, openRotation(statement).old));
