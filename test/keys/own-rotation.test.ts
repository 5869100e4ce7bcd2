import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { CaroError } from '../../src/domain/errors.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import { openRevocation, openRotation } from '../../src/identity/key-statement.ts';
import { GRACE_MS } from '../../src/keys/grace.ts';
import {
  beginRotation,
  completeRotation,
  formerIdsOf,
  type KeyPlaces,
  type OwnRotation,
  ownRotation,
  readOwnStatements,
  stepsBetween,
  tellable,
} from '../../src/keys/own-rotation.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 23);
const planned = { nowMs: NOW, nonce: new Uint8Array(16), compromised: false };
let places: KeyPlaces;
let old: Identity;

const newFolder = temporaryFolders();
beforeEach(() => {
  const folder = newFolder();
  places = {
    identityKey: join(folder, 'identity.key'),
    nextKey: join(folder, 'identity.next.key'),
    statements: join(folder, 'own-keys.json'),
  };
  old = openIdentity(places.identityKey);
});

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CaroError) return error.code;
    throw error;
  }
  return 'no error';
}

const pending = (identity = old): OwnRotation | null =>
  ownRotation(places, identity, readOwnStatements(places, identity.id));

/** Begins and completes one. */
function rotated(from: Identity): Identity {
  beginRotation(places, from, planned);
  return completeRotation(places);
}

describe('the change of this node’s own key', () => {
  test('is announced by a statement of both keys, while the old one stays in use', () => {
    const { rotations } = beginRotation(places, old, planned);
    const rotation = pending();
    expect(rotations.map(openRotation)).toMatchObject([{ old: old.id, new: rotation?.next.id }]);
    expect(rotation).toMatchObject({ from: old.id, compromised: false, dueMs: NOW + GRACE_MS });
    expect(openIdentity(places.identityKey).id).toBe(old.id);
    for (const file of [places.nextKey, places.statements]) expect(lstatSync(file).mode & 0o777).toBe(0o600);
  });

  test('leaves nothing of the old private key once it is completed', () => {
    const secret = readFileSync(places.identityKey, 'utf8');
    const next = pendingAfter(() => beginRotation(places, old, planned)).next;
    expect(completeRotation(places).id).toBe(next.id);
    const folder = join(places.identityKey, '..');
    expect(readdirSync(folder).sort()).toEqual(['identity.key', 'own-keys.json']);
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'utf8')).not.toContain(secret);
    expect(pending(next)).toBeNull();
  });

  test('cannot be begun twice, since two statements of one key would suspend both for every peer', () => {
    beginRotation(places, old, planned);
    const before = readFileSync(places.statements, 'utf8');
    expect(refusal(() => beginRotation(places, old, planned))).toBe('rotation_pending');
    expect(readFileSync(places.statements, 'utf8')).toBe(before);
  });

  test('is due at once where the old key is revoked, and cannot be begun again then', () => {
    beginRotation(places, old, { ...planned, compromised: true });
    expect(pending()).toMatchObject({ compromised: true, dueMs: NOW });
    expect(refusal(() => beginRotation(places, old, { ...planned, compromised: true }))).toBe('rotation_pending');
  });

  test('takes a new key where the old one is revoked while it is under way, and revokes the pending one', () => {
    const copied = pendingAfter(() => beginRotation(places, old, planned)).next;
    const { revocations, rotations } = beginRotation(places, old, { ...planned, compromised: true });
    const { next } = pendingAfter(() => undefined);
    expect(next.id).not.toBe(copied.id);
    expect(rotations.map(openRotation)).toMatchObject([{ old: old.id, new: next.id }]);
    expect(revocations.map((one) => openRevocation(one).key)).toEqual([old.id, copied.id]);
    expect(completeRotation(places).id).toBe(next.id);
    expect(readdirSync(join(places.identityKey, '..')).sort()).toEqual(['identity.key', 'own-keys.json']);
  });

  test('takes no key that a crash has left where somebody could copy it', () => {
    const left = [openIdentity(places.nextKey).id, openIdentity(`${places.nextKey}.new`).id];
    beginRotation(places, old, { ...planned, compromised: true });
    expect(left).not.toContain(pendingAfter(() => undefined).next.id);
  });

  test('to a new key survives a crash between its statement and its file', () => {
    beginRotation(places, old, planned);
    const copied = readFileSync(places.nextKey);
    beginRotation(places, old, { ...planned, compromised: true });
    const { next } = pendingAfter(() => undefined);
    renameSync(places.nextKey, `${places.nextKey}.new`);
    writeFileSync(places.nextKey, copied, { mode: 0o600 });
    expect(pending()?.next.id).toBe(next.id);
  });

  test('goes on with the planned key after a crash before the statement of a new one', () => {
    const { next } = pendingAfter(() => beginRotation(places, old, planned));
    openIdentity(`${places.nextKey}.new`);
    expect(pending()?.next.id).toBe(next.id);
    expect(readdirSync(join(places.identityKey, '..'))).not.toContain('identity.next.key.new');
  });

  test('can be followed by another one; the statements lead from each key to the next', () => {
    const second = rotated(old);
    const third = rotated(second);
    const statements = readOwnStatements(places, third.id);
    expect(formerIdsOf(statements, third.id)).toEqual([second.id, old.id]);
    expect(stepsBetween(statements, old.id, third.id).map(({ from, to }) => [from, to])).toEqual([
      [old.id, second.id],
      [second.id, third.id],
    ]);
    expect(stepsBetween(statements, 'caro:ed25519:other', third.id)).toEqual([]);
  });

  test('is told to peers as long as they may begin to believe it, and a revocation for ever', () => {
    const statements = beginRotation(places, old, { ...planned, compromised: true });
    expect(tellable(statements, NOW)).toEqual(statements);
    expect(tellable(statements, NOW + 31 * 86_400_000)).toEqual({ ...statements, rotations: [] });
  });

  test('is told until the exact end of its validity', () => {
    const statements = beginRotation(places, old, planned);
    const [rotation] = statements.rotations;
    const until = Date.parse(rotation ? openRotation(rotation).until : '');
    expect(tellable(statements, until - 1).rotations).toHaveLength(1);
    expect(tellable(statements, until).rotations).toEqual([]);
  });

  test('means nothing for a key that was put in place by hand', () => {
    beginRotation(places, old, planned);
    rmSync(places.identityKey);
    const foreign = openIdentity(places.identityKey);
    expect(readOwnStatements(places, foreign.id)).toEqual({ rotations: [], revocations: [] });
    expect(pending(foreign)).toBeNull();
  });

  test.each(['', '{', '{"rotations":[]}', '{"rotations":[{}],"revocations":[]}'])(
    'is not read from a damaged file: %j',
    (text) => {
      writeFileSync(places.statements, text, { mode: 0o600 });
      expect(refusal(() => readOwnStatements(places, old.id))).toBe('keys_damaged');
    },
  );

  test('is not read from a file in which a statement was changed or taken out', () => {
    const third = rotated(rotated(old));
    const { rotations } = beginRotation(places, third, planned);
    for (const changed of [
      [rotations[0], rotations[2]],
      [{ ...rotations[0], signatures: rotations[1]?.signatures }, rotations[1], rotations[2]],
    ]) {
      writeFileSync(places.statements, JSON.stringify({ rotations: changed, revocations: [] }));
      expect(refusal(() => readOwnStatements(places, third.id))).toBe('keys_damaged');
    }
  });
});

describe('a crash while the key is changed', () => {
  test('after the next key was made, before the statement: nothing has happened, and the key serves the next try', () => {
    const next = openIdentity(places.nextKey);
    expect(pending()).toBeNull();
    beginRotation(places, old, planned);
    expect(pending()?.next.id).toBe(next.id);
  });

  test('after the statement: the rotation is under way', () => {
    beginRotation(places, old, planned);
    expect(pending()?.dueMs).toBe(NOW + GRACE_MS);
  });

  test('at the change itself leaves the one key or the other, never none and never two', () => {
    const { next } = pendingAfter(() => beginRotation(places, old, planned));
    // The whole of the change is this one step.
    renameSync(places.nextKey, places.identityKey);
    const identity = openIdentity(places.identityKey);
    expect(identity.id).toBe(next.id);
    expect(pending(identity)).toBeNull();
    expect(formerIdsOf(readOwnStatements(places, identity.id), identity.id)).toEqual([old.id]);
  });

  test('that loses the next key ends the rotation; another one can be begun', () => {
    const lost = pendingAfter(() => beginRotation(places, old, planned)).next;
    rmSync(places.nextKey);
    expect(pending()).toBeNull();
    const { rotations } = beginRotation(places, old, planned);
    expect(rotations.map((one) => openRotation(one).new)).not.toContain(lost.id);
  });
});

function pendingAfter(action: () => unknown): OwnRotation {
  action();
  const rotation = pending();
  if (!rotation) throw new Error('expected a rotation under way');
  return rotation;
}
