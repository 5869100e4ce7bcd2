import type { KeyChange } from '../domain/key-state.ts';
import type { DualEnvelope } from '../domain/mesh-message.ts';
import type { Asker } from '../domain/policy.ts';
import type { Envelope } from '../domain/summary.ts';
import { readKeyBook, writeKeyBook } from '../identity/key-book-file.ts';
import { accountOf, type KeyMove, keyChanges, markRecorded, nextMoveMs, openMoves } from '../identity/key-moves.ts';
import {
  confirmRotation,
  hasSucceeded,
  type KeyBook,
  noteShown,
  type Observation,
  observeRevocation,
  observeRotation,
  standingOf,
  successorsOf,
} from '../identity/rotation.ts';

/** What this node knows about the keys of others (design.md §6), kept in a file that outlives the database. */
export interface KeyKeeper {
  /** The other side of a connection as the policy judges it. */
  readonly asker: <P extends { readonly id: string; readonly address?: string }>(peer: P) => P & Asker;
  readonly hasSucceeded: (id: string, later: string) => boolean;
  /** Under which id things are kept for the node that has this key. */
  readonly account: (id: string) => string;
  /** Former ids of the node that has this key, itself, and those after it. */
  readonly family: (id: string) => readonly string[];
  /** The key and all that descend from it: what a denial of it covers. */
  readonly heirs: (id: string) => readonly string[];
  /** @throws CaroError `rotation_invalid`, `place_unusable` */
  readonly takeRotation: (statement: DualEnvelope) => Observation['outcome'];
  /** Whether it was news; `sender` tells of it. @throws CaroError `rotation_invalid`, `place_unusable` */
  readonly takeRevocation: (statement: Envelope, sender: string) => boolean;
  /** The key has connected. Whether that ended the one before it. */
  readonly noteShown: (id: string) => boolean;
  /** @throws CaroError `not_found` */
  readonly confirm: (newId: string) => void;
  readonly changes: () => readonly KeyChange[];
  readonly nextMoveMs: () => number | null;
  /** Hands every move of trust that is not on record yet to `record`, and forgets it once that has resolved. */
  readonly recordMoves: (record: (move: KeyMove) => Promise<unknown>) => Promise<void>;
}

/** @throws CaroError `keys_damaged`, `place_unusable` */
export function openKeyKeeper(file: string, now: () => number, graceMs: number): KeyKeeper {
  let book = readKeyBook(file);
  const keep = (next: KeyBook): boolean => {
    if (next === book) return false;
    writeKeyBook(file, next);
    book = next;
    return true;
  };
  return {
    asker: (peer) => {
      const { state, formerIds, trustedAs } = standingOf(book, peer.id, now(), graceMs);
      return {
        ...peer,
        formerIds,
        ...(state === 'current' ? {} : { keyState: state }),
        ...(trustedAs === undefined ? {} : { trustedAs }),
      };
    },
    hasSucceeded: (id, later) => hasSucceeded(book, id, later, now(), graceMs),
    account: (id) => accountOf(book, id, now(), graceMs),
    family: (id) => [...successorsOf(book, id), id, ...standingOf(book, id, now(), graceMs).formerIds],
    heirs: (id) => [id, ...successorsOf(book, id)],
    takeRotation: (statement) => {
      const { book: next, outcome } = observeRotation(book, statement, now());
      keep(next);
      return outcome;
    },
    takeRevocation: (statement, sender) => keep(observeRevocation(book, statement, sender)),
    noteShown: (id) => keep(noteShown(book, id)),
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
