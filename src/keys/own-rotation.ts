import { existsSync, rmSync } from 'node:fs';
import { CaroError } from '../domain/errors.ts';
import { MAX_ROTATIONS, type RotationStatement } from '../domain/identity/key-statement.ts';
import type { DualEnvelope, KeyStatements } from '../domain/identity/signed-envelope.ts';
import { validateOwnStatements } from '../generated/key-validators.js';
import { type Identity, openIdentity, readIdentity } from '../identity/identity.ts';
import {
  openRevocation,
  openRotation,
  type StatementFacts,
  signRevocation,
  signRotation,
} from '../identity/key-statement.ts';
import { renameDurably, replacePrivately } from '../platform/files/private-file.ts';
import { GRACE_MS } from './grace.ts';
import { readText, unusable } from './key-book-file.ts';

/**
 * Files of this node's keys. `identityKey` always holds the current key. `nextKey` is its successor
 * during a rotation. It has no effect until a statement in `statements` names it. One rename over
 * `identityKey` makes it current and deletes the old key.
 */
export interface KeyPlaces {
  readonly identityKey: string;
  readonly nextKey: string;
  readonly statements: string;
}

/** What this node has said about its own keys. */
export type OwnStatements = KeyStatements;

export const NO_STATEMENTS: OwnStatements = { rotations: [], revocations: [] };

/** One step from a key of ours to the next. */
export interface KeyStep {
  readonly from: string;
  readonly to: string;
  readonly statement: DualEnvelope;
}

/** A rotation that has been announced and not completed. */
export interface OwnRotation {
  readonly from: string;
  /** The next key. */
  readonly next: Identity;
  readonly statement: DualEnvelope;
  /** Whether the old key is revoked, so that the switch is immediate. */
  readonly compromised: boolean;
  /** When the new key comes into use, ms since the epoch. */
  readonly dueMs: number;
}

/**
 * The statements that lead to the key `id` or away from it; none if the key file was
 * installed by hand.
 * @throws CaroError `keys_damaged`, `place_unusable`
 */
export function readOwnStatements(places: KeyPlaces, id: string): OwnStatements {
  const text = readText(places.statements);
  if (text === undefined) return NO_STATEMENTS;
  const statements = decode(places.statements, text);
  const opened = statements.rotations.map(openedIn(places.statements));
  const isChain = opened.every((one, index) => index === 0 || opened[index - 1]?.new === one.old);
  if (!isChain) throw damaged(places.statements);
  return opened.some((one) => one.old === id || one.new === id) ? statements : NO_STATEMENTS;
}

/** The rotation in progress, if its key exists. */
export function ownRotation(
  places: KeyPlaces,
  identity: Pick<Identity, 'id'>,
  { rotations, revocations }: OwnStatements,
  graceMs = GRACE_MS,
): OwnRotation | null {
  const statement = rotations.at(-1);
  if (!statement) return null;
  const { old, new: successor, from } = openRotation(statement);
  installFreshKey(places, successor);
  if (!existsSync(places.nextKey)) return null;
  const next = readIdentity(places.nextKey);
  if (old !== identity.id || next.id !== successor) return null;
  const compromised = revocations.some((revocation) => openRevocation(revocation).key === old);
  const beganMs = Date.parse(from);
  return { from: old, next, statement, compromised, dueMs: compromised ? beganMs : beganMs + graceMs };
}

/**
 * Makes the next key and the statement for it. With `compromised` the old key is revoked as well.
 * During another rotation the key that was next is then revoked and replaced by a new one: whoever
 * has copied the old key may have copied that one, too. The rotation is durable when this returns;
 * a crash before that leaves everything as it was.
 *
 * @throws CaroError `rotation_pending`, `keys_damaged`, `place_unusable`
 */
export function beginRotation(
  places: KeyPlaces,
  identity: Identity,
  { compromised, ...facts }: StatementFacts & { readonly compromised: boolean },
): OwnStatements {
  const before = readOwnStatements(places, identity.id);
  const pending = ownRotation(places, identity, before);
  if (pending && (pending.compromised || !compromised))
    throw new CaroError(
      'rotation_pending',
      `expected no change of key under way, there is one to ${pending.next.fingerprint}; see: caro identity show`,
    );
  const next = compromised ? makeFreshKey(places) : openIdentity(places.nextKey);
  const lost = compromised ? [identity, ...(pending ? [pending.next] : [])] : [];
  const statements = {
    rotations: [...settled(before, identity.id), signRotation(identity, next, facts)],
    revocations: [...before.revocations, ...lost.map((key) => signRevocation(key, facts))],
  };
  try {
    replacePrivately(places.statements, `${JSON.stringify(statements)}\n`);
  } catch (error) {
    throw unusable(places.statements, error);
  }
  installFreshKey(places, next.id);
  return statements;
}

/** A new next key, until the statement for it is durable. */
const freshKey = ({ nextKey }: KeyPlaces): string => `${nextKey}.new`;

/** Never one that a crash left there: somebody may have copied it. */
function makeFreshKey(places: KeyPlaces): Identity {
  const path = freshKey(places);
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw unusable(path, error);
  }
  return openIdentity(path);
}

/** Puts a fresh key in the place of the next one if the statement that names it is durable. */
function installFreshKey(places: KeyPlaces, successor: string): void {
  const path = freshKey(places);
  if (!existsSync(path)) return;
  try {
    if (readIdentity(path).id === successor) renameDurably(path, places.nextKey);
    else rmSync(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Without the step to a lost key, or to one that is revoked with this one. */
const settled = ({ rotations }: OwnStatements, id: string): readonly DualEnvelope[] =>
  rotations.filter((rotation) => openRotation(rotation).old !== id);

/**
 * Replaces the current key by the next one, in one step: after a crash there is one or the other.
 * @throws CaroError `place_unusable`
 */
export function completeRotation(places: KeyPlaces): Identity {
  try {
    renameDurably(places.nextKey, places.identityKey);
  } catch (error) {
    throw unusable(places.identityKey, error);
  }
  return readIdentity(places.identityKey);
}

/** Ids that the node had before `id`, newest first. */
export function formerIdsOf({ rotations }: OwnStatements, id: string): readonly string[] {
  const steps = rotations.map(openRotation);
  const last = steps.findIndex((step) => step.new === id);
  return steps
    .slice(0, last + 1)
    .map((step) => step.old)
    .reverse();
}

/** The steps that lead from one key to another, oldest first; none if there is no such path. */
export function stepsBetween({ rotations }: OwnStatements, from: string, to: string): readonly KeyStep[] {
  const steps = rotations.map((statement): KeyStep => {
    const opened = openRotation(statement);
    return { from: opened.old, to: opened.new, statement };
  });
  const [first, last] = [steps.findIndex((step) => step.from === from), steps.findIndex((step) => step.to === to)];
  return first === -1 ? [] : steps.slice(first, last + 1);
}

/**
 * Those for a hello: expired rotations are not sent, because no peer may accept them. Revocations
 * do not expire.
 */
export function tellable({ rotations, revocations }: OwnStatements, nowMs: number): OwnStatements {
  const isYoung = (rotation: DualEnvelope): boolean => Date.parse(openRotation(rotation).until) > nowMs;
  const young = rotations.filter(isYoung).slice(-MAX_ROTATIONS);
  return { rotations: young, revocations: revocations.slice(-MAX_ROTATIONS) };
}

function decode(path: string, text: string): OwnStatements {
  try {
    const statements: unknown = JSON.parse(text);
    if (validateOwnStatements(statements)) return statements;
  } catch {
    // The same to its reader as a file of another form.
  }
  throw damaged(path);
}

const openedIn =
  (path: string) =>
  (statement: DualEnvelope): RotationStatement => {
    try {
      return openRotation(statement);
    } catch {
      throw damaged(path);
    }
  };

const damaged = (path: string): CaroError =>
  new CaroError(
    'keys_damaged',
    `${path}: expected the statements by which this node changed its keys, got something else; put back your copy of this file, or move ` +
      'it away: peers that have not heard of the change must then trust the new key by hand',
  );
