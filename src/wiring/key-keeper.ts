import type { DualEnvelope } from '../domain/mesh-message.ts';
import type { Asker } from '../domain/policy.ts';
import type { Envelope } from '../domain/summary.ts';
import {
  EMPTY_KEY_BOOK,
  hasSucceeded,
  type KeyBook,
  observeRevocation,
  observeRotation,
  standingOf,
} from '../identity/rotation.ts';
import type { MetaStore } from '../storage/meta-store.ts';

const BOOK = 'key_book';

/** What this node knows about the keys of others (design.md §6), kept in the database. */
export interface KeyKeeper {
  /** The other side of a connection as the policy judges it. */
  readonly asker: (peer: { readonly id: string; readonly address: string }) => Asker;
  readonly hasSucceeded: (id: string, later: string) => boolean;
  /** @throws CaroError `rotation_invalid` */
  readonly takeRotation: (statement: DualEnvelope) => 'new' | 'known' | 'conflict';
  /** @throws CaroError `rotation_invalid` */
  readonly takeRevocation: (statement: Envelope) => void;
}

export function createKeyKeeper(meta: MetaStore, now: () => number): KeyKeeper {
  const stored = meta.get(BOOK);
  let book = stored === undefined ? EMPTY_KEY_BOOK : (JSON.parse(stored) as KeyBook);
  const keep = (next: KeyBook): void => {
    if (next === book) return;
    meta.set(BOOK, JSON.stringify(next));
    book = next;
  };
  return {
    asker: ({ id, address }) => {
      const { formerIds, trustedAs, suspended } = standingOf(book, id, now());
      return { id, address, formerIds, suspended, ...(trustedAs === undefined ? {} : { trustedAs }) };
    },
    hasSucceeded: (id, later) => hasSucceeded(book, id, later, now()),
    takeRotation: (statement) => {
      const { book: next, outcome } = observeRotation(book, statement, now());
      keep(next);
      return outcome;
    },
    takeRevocation: (statement) => keep(observeRevocation(book, statement)),
  };
}
