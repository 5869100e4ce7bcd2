/** The signed Merkle tree over this node's own audit log. */
import type { AuditRecord } from '../domain/audit/audit-record.ts';
import type { LogHead } from '../domain/audit/tlog.ts';
import { encodeNodeId } from '../domain/identity/node-id.ts';
import type { Identity } from '../identity/identity.ts';
import { rootOf } from '../identity/merkle-tree.ts';
import { signTreeHead } from '../identity/tlog-checkpoint.ts';
import { growTree, recordLeaf, subtreesOf, type TileStore } from './log-tree.ts';

type SignedHead = LogHead & { readonly key: string };

export interface OwnLogPorts {
  readonly store: TileStore & {
    readonly size: () => number;
    readonly base: () => number | null;
    readonly setBase: (seq: number) => void;
    readonly head: () => SignedHead | undefined;
    readonly addHead: (head: SignedHead) => void;
    readonly transaction: <T>(act: () => T) => T;
  };
  /** Records after `seq`, oldest first. */
  readonly after: (seq: number, limit: number) => readonly AuditRecord[];
  readonly identity: () => Pick<Identity, 'publicKey' | 'sign'>;
}

/** Adding more at once would hold up the appends that wait. */
const SLICE = 1_000;

export interface OwnLog {
  /**
   * Adds at most a thousand records to the tree and signs its head. Whether there may be more.
   */
  readonly seal: () => boolean;
  /** Number of the last record in the tree; retention MUST NOT remove any after it. */
  readonly reaches: () => number;
}

export function createOwnLog({ store, after, identity }: OwnLogPorts): OwnLog {
  const reaches = (): number => (store.base() ?? 0) + store.size();
  const grow = (): number => {
    const size = store.size();
    const records = after(reaches(), SLICE);
    const [first] = records;
    if (first === undefined) return 0;
    // What retention removed before there was a tree is not in it.
    if (size === 0) store.setBase(first.seq - 1);
    growTree(store, size, records.map(recordLeaf));
    return records.length;
  };
  const sign = (): void => {
    const signer = identity();
    const key = encodeNodeId(signer.publicKey);
    const size = store.size();
    const last = store.head();
    if (size === 0 || (last?.size === size && last.key === key)) return;
    const root = rootOf(size, subtreesOf(store));
    const signature = signTreeHead('audit', { size, root }, signer);
    store.addHead({ size, key, root: root.toString('base64'), signature: Buffer.from(signature).toString('base64') });
  };
  return {
    reaches,
    seal: () =>
      store.transaction(() => {
        const added = grow();
        sign();
        return added === SLICE;
      }),
  };
}
