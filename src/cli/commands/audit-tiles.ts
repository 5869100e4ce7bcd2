/** The audit log as a directory of tiles (C2SP tlog-tiles): export and check. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeLeaf, leafAt, subtreesOf, TILE_WIDTH, type TileReader } from '../../audit/log-tree.ts';
import { decodeBundle, entryBundles, hashTiles, tilePath } from '../../audit/tile-folder.ts';
import type { TreeVerification } from '../../audit/tree-check.ts';
import type { AuditVerification } from '../../domain/audit/audit-record.ts';
import { CaroError } from '../../domain/errors.ts';
import { encodeNodeId, parseNodeId } from '../../domain/identity/node-id.ts';
import { leafHash, rootOf } from '../../identity/merkle-tree.ts';
import { decodeNote, encodeNote, type Note, noteSignature, signatureOf } from '../../identity/signed-note.ts';
import {
  cosignatureLine,
  decodeCosignature,
  decodeTreeHead,
  encodeTreeHead,
  isCosigned,
  isSignedHead,
  keyOfWitness,
  logKey,
  type TreeHead,
  witnessKey,
} from '../../identity/tlog-checkpoint.ts';
import type { Context } from '../context.ts';
import { type OfflineLog, openAuditLog } from '../offline-log.ts';
import { say } from '../output/output.ts';

/** Writes the log below `folder`, which must be new or empty. */
export function exportTiles(context: Context, folder: string | undefined): void {
  if (folder === undefined)
    throw new CaroError('usage', 'expected --out DIRECTORY with --format tlog, got none: it is more than one file');
  const log = openAuditLog(context.places().database);
  try {
    const head = log.tree.head();
    if (!head)
      throw new CaroError(
        'not_found',
        'expected a signed head of the audit log, there is none yet; start the service once',
      );
    if (existsSync(join(folder, 'checkpoint')))
      throw new CaroError('usage', `${folder}: expected a new directory, got one that holds a log; name another`);
    const write = (path: string, bytes: Uint8Array | string): void => writeInto(folder, path, bytes);
    for (const { path, bytes } of hashTiles(log.tree, head.size)) write(path, bytes);
    for (const { path, bytes } of bundlesOf(log, head.size)) write(path, bytes);
    // Last: without it, the directory is no log.
    write('checkpoint', encodeNote(noteOf(log)));
    say(context, `written to ${folder}: ${head.size} records`);
  } finally {
    log.close();
  }
}

function bundlesOf(log: OfflineLog, size: number) {
  const base = log.tree.base() ?? 0;
  const [first] = log.records();
  const start = Math.max(0, (first?.seq ?? 1) - base - 1);
  const leaves = function* () {
    for (const record of log.records()) if (record.seq > base) yield Buffer.from(encodeLeaf(record));
  };
  return entryBundles(leaves(), start, size);
}

/** The newest head with the cosignatures of witnesses that have cosigned exactly this one. */
function noteOf({ tree }: OfflineLog): Note {
  const head = tree.head();
  const publicKey = parseNodeId(head?.key ?? '');
  if (!head || !publicKey) throw new CaroError('audit_broken', 'expected a head that this node has signed');
  const key = logKey(publicKey, 'audit');
  const cosigned = tree.cosignatures().filter(({ size, key: signer }) => size === head.size && signer === head.key);
  return {
    text: encodeTreeHead({ origin: key.name, size: head.size, root: Buffer.from(head.root, 'base64') }),
    signatures: [
      noteSignature(key, Buffer.from(head.signature, 'base64')),
      ...cosigned.flatMap((cosignature) => {
        const witness = parseNodeId(cosignature.witness);
        return witness ? [cosignatureLine(witness, cosignature)] : [];
      }),
    ],
  };
}

function writeInto(folder: string, path: string, bytes: Uint8Array | string): void {
  const file = join(folder, path);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CaroError('place_unusable', `${file}: expected to write this file, got ${code}; name another directory`, {
      cause: error,
    });
  }
}

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

type Verification = AuditVerification & { readonly tree: TreeVerification | null };

/**
 * Checks a directory of tiles: the log's signature, every cosignature of a node, each leaf that is
 * there, the tree, and that the log continues what this node has cosigned of it.
 */
export function verifyTiles(context: Context, folder: string, publicKey: Uint8Array): Verification {
  const bad = (seq: number, reason: string): Verification => ({
    ok: false,
    records: Math.max(0, seq - 1),
    checkpoints: 1,
    firstBad: { seq, reason },
    tree: null,
  });
  const note = decodeNote(readText(join(folder, 'checkpoint')));
  const head = decodeTreeHead(note.text);
  const signature = signatureOf(note, logKey(publicKey, 'audit'));
  if (
    !signature ||
    head.origin !== logKey(publicKey, 'audit').name ||
    !isSignedHead(publicKey, 'audit', head, signature)
  )
    return bad(1, 'its checkpoint is not signed by the key of the node');
  const cosigned = cosignaturesOf(note, head);
  if (cosigned === undefined) return bad(head.size, 'the cosignature of a witness is wrong');
  const tree = tilesIn(folder, head.size);
  const leafFault = brokenLeaf(folder, tree, head.size);
  if (leafFault !== null) return bad(leafFault, 'its content does not match the Merkle tree');
  if (!matches(tree, head.size, head.root))
    return bad(head.size, 'the Merkle tree does not match its signed checkpoint');
  const known = cosignedHere(context, publicKey);
  if (known && known.size > head.size)
    return bad(head.size + 1, `it is missing, this node has cosigned ${known.size} records of this log`);
  if (known && !matches(tree, known.size, Buffer.from(known.root, 'base64')))
    return bad(1, 'this node has cosigned another history of this log');
  return { ok: true, records: head.size, checkpoints: 1, firstBad: null, tree: { size: head.size, cosigned } };
}

function cosignaturesOf(note: Note, head: TreeHead): TreeVerification['cosigned'] | undefined {
  const found: TreeVerification['cosigned'][number][] = [];
  // A second line in the name of a witness is no second witness.
  for (const name of new Set(note.signatures.map((line) => line.name))) {
    const witness = keyOfWitness(name);
    const line = witness && signatureOf(note, witnessKey(witness));
    if (!witness || !line) continue;
    const cosignature = decodeCosignature(line);
    if (!cosignature || !isCosigned(note.text, cosignature, witness)) return undefined;
    found.push({ witness: encodeNodeId(witness), size: head.size, time: cosignature.time });
  }
  return found;
}

const widthOf = (index: number, count: number): number => Math.min(TILE_WIDTH, count - index * TILE_WIDTH);

const tilesIn = (folder: string, size: number): TileReader => {
  const held = new Map<string, Uint8Array | undefined>();
  return {
    tile: (level, index) => {
      const width = widthOf(index, Math.floor(size / TILE_WIDTH ** level));
      if (width < 1) return undefined;
      const path = `tile/${level}/${tilePath(index, width)}`;
      if (!held.has(path)) held.set(path, readBytes(join(folder, path)));
      return held.get(path);
    },
  };
};

/** Number of the first record whose leaf differs; null if none does. Bundles may be missing. */
function brokenLeaf(folder: string, tree: TileReader, size: number): number | null {
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const bytes = readBytes(join(folder, `tile/entries/${tilePath(index, widthOf(index, size))}`));
    if (bytes === undefined) continue;
    const entries = decodeBundle(bytes);
    if (entries?.length !== widthOf(index, size)) return index * TILE_WIDTH + 1;
    for (const [place, entry] of entries.entries()) {
      const leaf = index * TILE_WIDTH + place;
      if (!leafHash(entry).equals(leafAt(tree, leaf) ?? new Uint8Array())) return leaf + 1;
    }
  }
  return null;
}

/** Levels above the leaves are recomputed: nothing is believed but the leaves and the root. */
function matches(tree: TileReader, size: number, root: Uint8Array): boolean {
  const leaves: TileReader = {
    tile: (level, index) => (level === 0 ? tree.tile(0, index) : levelAbove(leaves, level, index)),
  };
  try {
    return rootOf(size, subtreesOf(leaves)).equals(root);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function levelAbove(below: TileReader, level: number, index: number): Uint8Array {
  const hashes: Uint8Array[] = [];
  for (let place = index * TILE_WIDTH; place < (index + 1) * TILE_WIDTH; place += 1) {
    const tile = below.tile(level - 1, place);
    if (tile?.length !== TILE_WIDTH * 32) break;
    hashes.push(subtreesOf(below)(8 * level, place));
  }
  return Buffer.concat(hashes);
}

/** What this node has cosigned of that log, if it has a database. */
function cosignedHere(context: Context, publicKey: Uint8Array) {
  const { database } = context.places();
  if (!existsSync(database)) return undefined;
  const log = openAuditLog(database);
  try {
    return log.witnessed.known(encodeNodeId(publicKey), 'audit');
  } finally {
    log.close();
  }
}

function readBytes(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readText(file: string): string {
  const bytes = readBytes(file);
  if (bytes) return Buffer.from(bytes).toString('utf8');
  throw new CaroError('not_found', `${file}: expected the checkpoint of an exported log, found none`);
}
