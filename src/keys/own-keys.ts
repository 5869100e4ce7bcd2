import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { RotationStatus } from '../domain/status/status.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { type Identity, openIdentity } from '../identity/identity.ts';
import type { KeyPlaces, KeyStep, OwnRotation, OwnStatements } from './own-rotation.ts';

type Module = typeof import('./own-rotation.ts');

export type { KeyStep };

/** The key of this node, and its rotation to the next one (FR-104). */
export interface OwnKeys {
  /** The current one; a rotation replaces it. */
  readonly identity: () => Identity;
  readonly formerIds: () => readonly string[];
  readonly rotation: () => RotationStatus | null;
  /** For hellos. */
  readonly statements: () => OwnStatements;
  /**
   * Makes the next key. Returns the statements for peers, once they are durable.
   * @throws CaroError `rotation_pending`, `keys_damaged`, `place_unusable`
   */
  readonly begin: (compromised: boolean) => Promise<OwnStatements>;
  /** Switches to the next key if it is due. Returns whether it did. */
  readonly complete: () => boolean;
  /** The steps from an earlier key to the current one, oldest first; none if it was not our key. */
  readonly stepsFrom: (id: string) => readonly KeyStep[];
  readonly nextStep: () => KeyStep | null;
}

/**
 * Reads the keys, and completes a rotation that became due while the service was stopped.
 * @throws CaroError as `openIdentity`, `keys_damaged`
 */
export async function openOwnKeys(places: KeyPlaces, graceMs: number): Promise<OwnKeys> {
  let identity = openIdentity(places.identityKey);
  let statements: OwnStatements = { rotations: [], revocations: [] };
  let rotation: OwnRotation | null = null;
  let loaded: Module | undefined;
  const read = (own: Module): void => {
    statements = own.readOwnStatements(places, identity.id);
    rotation = own.ownRotation(places, identity, statements, graceMs);
  };
  const complete = (): boolean => {
    if (!loaded || !rotation || Date.now() < rotation.dueMs) return false;
    identity = loaded.completeRotation(places);
    read(loaded);
    return true;
  };
  if (existsSync(places.statements)) {
    loaded = await import('./own-rotation.ts');
    read(loaded);
    complete();
  }
  return {
    identity: () => identity,
    formerIds: () => loaded?.formerIdsOf(statements, identity.id) ?? [],
    rotation: () => rotation && statusOf(rotation),
    statements: () => loaded?.tellable(statements, Date.now()) ?? statements,
    begin: async (compromised) => {
      loaded ??= await import('./own-rotation.ts');
      loaded.beginRotation(places, identity, { nowMs: Date.now(), nonce: randomBytes(16), compromised });
      read(loaded);
      return loaded.tellable(statements, Date.now());
    },
    complete,
    stepsFrom: (id) => loaded?.stepsBetween(statements, id, identity.id) ?? [],
    nextStep: () => rotation && { from: rotation.from, to: rotation.next.id, statement: rotation.statement },
  };
}

const statusOf = ({ from, next, compromised, dueMs }: OwnRotation): RotationStatus => ({
  from,
  to: next.id,
  fingerprint: next.fingerprint,
  compromised,
  switchesAt: isoTime(dueMs),
});
