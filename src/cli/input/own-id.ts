import type { Places } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import { readIdentity } from '../../identity/identity.ts';

/** The id of this node; undefined without a key that can be read, which stops no revocation. */
export function ownId({ identityKey }: Pick<Places, 'identityKey'>): string | undefined {
  try {
    return readIdentity(identityKey).id;
  } catch (error) {
    if (error instanceof CaroError) return undefined;
    throw error;
  }
}
