import { CaroError, type ErrorCode } from '../../../src/domain/errors.ts';

/** Stands in inputs for what must never be told. */
export const CANARY = 'canary-8wQz';

/**
 * What `act` gives, or null where it refuses with one of these codes, in words that tell nothing of
 * the input.
 */
export function refusing<T>(codes: readonly ErrorCode[], act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof CaroError) || !codes.includes(error.code)) throw error;
    if (error.message.includes(CANARY)) throw new Error('the text of a refusal quotes the input', { cause: error });
    return null;
  }
}

/** Throws unless both are the same JSON. */
export function same(what: string, one: unknown, other: unknown): void {
  const [a, b] = [one, other].map((value) => JSON.stringify([value]).slice(1, -1));
  if (a !== b) throw new Error(`${what}: ${a?.slice(0, 500) ?? ''} is not ${b?.slice(0, 500) ?? ''}`);
}

export function holds(what: string, isTrue: boolean): void {
  if (!isTrue) throw new Error(`expected: ${what}`);
}
