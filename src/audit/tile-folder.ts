/**
 * A log as the files of C2SP tlog-tiles: `checkpoint`, `tile/LEVEL/INDEX` and
 * `tile/entries/INDEX`.
 */
import { TILE_WIDTH, type TileReader } from './log-tree.ts';

export interface TileFile {
  /** Path inside the folder, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const HASH_BYTES = 32;
const MAX_ENTRY_BYTES = 0xffff;

/** `1234067` → `x001/x234/067`. */
export function tilePath(index: number, width: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  const path = groups.map((group, place) => (place === groups.length - 1 ? group : `x${group}`)).join('/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

/** The tiles of a tree of `size` leaves. */
export function* hashTiles(tree: TileReader, size: number): Generator<TileFile> {
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    for (let index = 0; index * TILE_WIDTH < count; index += 1) {
      const width = Math.min(TILE_WIDTH, count - index * TILE_WIDTH);
      const bytes = (tree.tile(level, index) ?? new Uint8Array()).subarray(0, width * HASH_BYTES);
      yield { path: `tile/${level}/${tilePath(index, width)}`, bytes };
    }
  }
}

/**
 * Bundles of the leaves from `first` to below `size`. Bundles that retention has begun to remove
 * are left out, as the specification has it for a pruned log.
 * @param leaves in their order, from `first` on
 */
export function* entryBundles(leaves: Iterable<Uint8Array>, first: number, size: number): Generator<TileFile> {
  let index = first;
  let bundle: Uint8Array[] = [];
  for (const leaf of leaves) {
    if (index >= size) break;
    const isWhole = index - (index % TILE_WIDTH) >= first;
    if (isWhole) bundle.push(encodeEntry(leaf));
    index += 1;
    if (bundle.length > 0 && (index % TILE_WIDTH === 0 || index === size)) {
      const tile = Math.floor((index - 1) / TILE_WIDTH);
      yield { path: `tile/entries/${tilePath(tile, bundle.length)}`, bytes: Buffer.concat(bundle) };
      bundle = [];
    }
  }
}

/** @throws RangeError for an entry that a bundle cannot hold */
function encodeEntry(leaf: Uint8Array): Uint8Array {
  if (leaf.length > MAX_ENTRY_BYTES)
    throw new RangeError(`expected at most ${MAX_ENTRY_BYTES} bytes, got ${leaf.length}`);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(leaf.length);
  return Buffer.concat([length, leaf]);
}

/** The entries of a bundle; undefined if it is cut off. */
export function decodeBundle(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const buffer = Buffer.from(bytes);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= buffer.length) {
    const end = at + 2 + buffer.readUInt16BE(at);
    if (end > buffer.length) return undefined;
    entries.push(buffer.subarray(at + 2, end));
    at = end;
  }
  return at === buffer.length ? entries : undefined;
}
