import type { KeyChange } from '../domain/identity/key-state.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import type { Asker } from '../domain/policy/policy.ts';
import { openRevocation } from '../identity/key-statement.ts';
import {
  askerOf,
  confirmRotation,
  demote,
  hasSucceeded,
  type KeyBook,
  keyStatusOf,
  noteShown,
  observeRevocation,
  successorsOf,
} from './key-book.ts';
import { readKeyBook, writeKeyBook } from './key-book-file.ts';
import type { IsNamed } from './key-book-room.ts';
import { type RotationIntake, takeRotations } from './rotation-intake.ts';
import { accountOf, type KeyMove, keyChanges, markRecorded, nextMoveMs, openMoves } from './trust-moves.ts';

/**
 * What this node knows about the keys of others (docs/design.md §6), kept in a file that outlives
 * the database.
 */
export interface PeerKeyStore {
  /** The other side of a connection as the policy judges it. */
  readonly asker: <P extends { readonly id: string; readonly address?: string }>(peer: P) => P & Asker;
  readonly hasSucceeded: (id: string, later: string) => boolean;
  /** The id under which records about the node with this key are stored. */
  readonly account: (id: string) => string;
  /** Former ids of the node that has this key, itself, and those after it. */
  readonly family: (id: string) => readonly string[];
  /** Whether `later` is that key, or claims to follow it, in any status. */
  readonly isHeir: (id: string, later: string) => boolean;
  /** @throws CaroError `rotation_invalid`, `place_unusable` */
  readonly takeRotations: (statements: readonly DualEnvelope[], sender: string) => Omit<RotationIntake, 'book'>;
  /**
   * The id of the key that it revokes, or null if that was known or is not stored; `sender`
   * delivered the statement.
   * @throws CaroError `rotation_invalid`, `place_unusable`
   */
  readonly takeRevocation: (statement: Envelope, sender: string) => string | null;
  /** Marks a key as having connected. Returns whether that is new. */
  readonly noteShown: (id: string) => boolean;
  /** Takes the level of its subnet from an address, for good. @throws CaroError `place_unusable` */
  readonly demote: (address: string) => void;
  /** @throws CaroError `not_found` */
  readonly confirm: (newId: string) => void;
  readonly changes: () => readonly KeyChange[];
  readonly nextMoveMs: () => number | null;
  /**
   * Passes every move of trust that is not in the audit log yet to `record`, and marks it as
   * recorded once that has resolved.
   */
  readonly recordMoves: (record: (move: KeyMove) => Promise<unknown>) => Promise<void>;
}

/** @throws CaroError `keys_damaged`, `place_unusable` */
export function openPeerKeyStore(file: string, now: () => number, graceMs: number, isNamed: IsNamed): PeerKeyStore {
  let book = readKeyBook(file);
  const keep = (next: KeyBook): boolean => {
    if (next === book) return false;
    writeKeyBook(file, next);
    book = next;
    return true;
  };
  return {
    asker: (peer) => askerOf(book, peer, now(), graceMs),
    hasSucceeded: (id, later) => hasSucceeded(book, id, later, now(), graceMs),
    account: (id) => accountOf(book, id, now(), graceMs),
    family: (id) => [...successorsOf(book, id), id, ...keyStatusOf(book, id, now(), graceMs).formerIds],
    isHeir: (id, later) => id === later || successorsOf(book, id).includes(later),
    takeRotations: (statements, sender) => {
      const { book: next, ...heard } = takeRotations(book, statements, sender, now(), isNamed);
      keep(next);
      return heard;
    },
    takeRevocation: (statement, sender) =>
      keep(observeRevocation(book, statement, sender, isNamed)) ? openRevocation(statement).key : null,
    noteShown: (id) => keep(noteShown(book, id)),
    demote: (address) => void keep(demote(book, address)),
    confirm: (newId) => void keep(confirmRotation(book, newId)),
    changes: () => keyChanges(book, now(), graceMs),
    nextMoveMs: () => nextMoveMs(book, now(), graceMs),
    recordMoves: async (record) => {
      const moves = openMoves(book, now(), graceMs);
      for (const move of moves) await record(move);
      if (moves.length > 0) keep(markRecorded(book, moves));
    },
  };
}
