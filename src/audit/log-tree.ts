/**
 * The Merkle tree over a log, beside its hash chain: kept as the tiles of C2SP tlog-tiles, 32 bytes
 * a leaf, so that a proof reads a few tiles of a log of any length (ADR 0017).
 */
import type { AuditRecord } from '../domain/audit/audit-record.ts';
import { canonical, type Json } from '../domain/encoding/canonical.ts';
import { leafHash, parentHash, type SubtreeHash } from '../identity/merkle-tree.ts';

/** Heights of the levels of tiles differ by this. */
const TILE_HEIGHT = 8;
/** Hashes in a whole tile. */
export const TILE_WIDTH = 2 ** TILE_HEIGHT;
const HASH_BYTES = 32;

/** Tiles of up to 256 hashes, one after the other. */
export interface TileReader {
  readonly tile: (level: number, index: number) => Uint8Array | undefined;
}

/** Stores tiles, which only ever grow. */
export interface TileStore extends TileReader {
  readonly writeTile: (level: number, index: number, hashes: Uint8Array) => void;
}

/** Leaf of an audit record: RFC 6962 hash of its canonical JSON (RFC 8785). */
export const recordLeaf = (record: AuditRecord): Buffer => leafHash(encodeLeaf(record));
export const encodeLeaf = (record: AuditRecord): string => canonical(record as unknown as Json);

/** Adds leaves to a tree of `size`, in one transaction of the caller. Returns the new size. */
export function growTree(store: TileStore, size: number, leaves: readonly Uint8Array[]): number {
  growLevel(store, 0, size, leaves);
  return size + leaves.length;
}

/** Whole tiles add the hash over them to the level above. */
function growLevel(store: TileStore, level: number, count: number, hashes: readonly Uint8Array[]): void {
  const above: Uint8Array[] = [];
  for (let done = 0; done < hashes.length; ) {
    const index = Math.floor((count + done) / TILE_WIDTH);
    const held = store.tile(level, index) ?? new Uint8Array();
    const room = TILE_WIDTH - ((count + done) % TILE_WIDTH);
    const added = hashes.slice(done, done + room);
    const tile = Buffer.concat([held.subarray(0, (TILE_WIDTH - room) * HASH_BYTES), ...added]);
    store.writeTile(level, index, tile);
    if (tile.length === TILE_WIDTH * HASH_BYTES) above.push(hashOver(tile));
    done += added.length;
  }
  if (above.length > 0) growLevel(store, level + 1, Math.floor(count / TILE_WIDTH), above);
}

/** Looks up the complete subtrees of a stored tree. @throws RangeError where one is missing */
export function subtreesOf(store: TileReader): SubtreeHash {
  return (height, index) => {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const tile = store.tile(level, Math.floor(first / TILE_WIDTH)) ?? new Uint8Array();
    const start = (first % TILE_WIDTH) * HASH_BYTES;
    const hashes = tile.subarray(start, start + count * HASH_BYTES);
    if (hashes.length !== count * HASH_BYTES) throw new RangeError(`expected a whole subtree at ${height}/${index}`);
    return hashOver(hashes);
  };
}

/** Leaf hash at `index`; undefined if the tree does not reach that far. */
export function leafAt(store: TileReader, index: number): Uint8Array | undefined {
  const start = (index % TILE_WIDTH) * HASH_BYTES;
  const hash = store.tile(0, Math.floor(index / TILE_WIDTH))?.subarray(start, start + HASH_BYTES);
  return hash?.length === HASH_BYTES ? hash : undefined;
}

/** Hash of the complete subtree over a power of two of hashes. */
function hashOver(hashes: Uint8Array): Uint8Array {
  if (hashes.length === HASH_BYTES) return hashes;
  const half = hashes.length / 2;
  return parentHash(hashOver(hashes.subarray(0, half)), hashOver(hashes.subarray(half)));
}

/** Tiles in memory. */
export function memoryTiles(): TileStore {
  const tiles = new Map<string, Uint8Array>();
  return {
    tile: (level, index) => tiles.get(`${level}/${index}`),
    writeTile: (level, index, hashes) => void tiles.set(`${level}/${index}`, hashes),
  };
}
