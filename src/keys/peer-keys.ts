import { existsSync } from 'node:fs';
import type { IsNamed } from './key-book-room.ts';
import type { PeerKeyStore } from './peer-key-store.ts';

/**
 * The keys of peers, read when first needed: where no key ever changed and the mesh is off, neither
 * the file nor the code is.
 */
export interface PeerKeys {
  /** @throws CaroError `keys_damaged`, `place_unusable` */
  readonly open: () => Promise<PeerKeyStore>;
  /** Null while no key of a peer has ever changed. */
  readonly known: () => Promise<PeerKeyStore | null>;
  /** A key, those before it and those that follow it. */
  readonly family: (id: string) => Promise<readonly string[]>;
}

export function lazyPeerKeys(file: string, graceMs: number, isNamed: IsNamed): PeerKeys {
  let opened: Promise<PeerKeyStore> | undefined;
  const open = (): Promise<PeerKeyStore> => {
    opened ??= import('./peer-key-store.ts').then(({ openPeerKeyStore }) =>
      openPeerKeyStore(file, Date.now, graceMs, isNamed),
    );
    return opened;
  };
  const known = async (): Promise<PeerKeyStore | null> => (opened || existsSync(file) ? open() : null);
  return { open, known, family: async (id) => (await known())?.family(id) ?? [id] };
}
