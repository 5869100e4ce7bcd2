import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linkRecord } from '../../src/audit/chain.ts';
import { growTree, leafAt, memoryTiles, recordLeaf, subtreesOf } from '../../src/audit/log-tree.ts';
import { createOwnLog } from '../../src/audit/own-log.ts';
import { decodeBundle, entryBundles, hashTiles, tilePath } from '../../src/audit/tile-folder.ts';
import { isHeadSigned } from '../../src/audit/witness.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { consistencyProof, leafHash, rootOf, treeRoot } from '../../src/identity/merkle-tree.ts';
import { createAuditStore } from '../../src/storage/audit/audit-store.ts';
import { createTlogStore } from '../../src/storage/audit/tlog-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const leavesTo = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => leafHash(String(index)));

describe('the tree over a log', () => {
  test('has the same roots and proofs as all leaves together, however it grew (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        (steps, pick) => {
          const tiles = memoryTiles();
          let size = 0;
          for (const step of steps) size = growTree(tiles, size, leavesTo(size + step).slice(size));
          const leaves = leavesTo(size);
          expect(rootOf(size, subtreesOf(tiles)).equals(treeRoot(leaves))).toBe(true);
          const old = size === 0 ? 0 : pick % (size + 1);
          const plain = consistencyProof(old, size, (level, index) =>
            treeRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
          );
          expect(consistencyProof(old, size, subtreesOf(tiles)).map(String)).toEqual(plain.map(String));
          if (size > 0) expect(leafAt(tiles, pick % size)).toEqual(new Uint8Array(leaves[pick % size] ?? []));
          expect(leafAt(tiles, size)).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
  });

  test('of 70,000 leaves has the tiles that tlog-tiles names', () => {
    const tiles = memoryTiles();
    growTree(tiles, 0, leavesTo(70_000));
    const paths = [...hashTiles(tiles, 70_000)].map(({ path }) => path);
    expect(paths.filter((path) => /^tile\/0\/\d{3}$/.test(path))).toHaveLength(273);
    expect(paths.slice(-4)).toEqual(['tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']);
    expect(tilePath(1_234_067, 256)).toBe('x001/x234/067');
  });

  test('leaves out bundles that retention has begun to remove', () => {
    const leaves = Array.from({ length: 600 }, (_, index) => Buffer.from(String(index)));
    const bundles = [...entryBundles(leaves.slice(10), 10, 600)];
    expect(bundles.map(({ path }) => path)).toEqual(['tile/entries/001', 'tile/entries/002.p/88']);
    expect(decodeBundle(bundles[1]?.bytes ?? new Uint8Array())?.map(String)).toEqual(leaves.slice(512).map(String));
    expect(decodeBundle(Buffer.from([0, 9, 1]))).toBeUndefined();
  });
});

describe('the tree over the audit log of a node', () => {
  function opened() {
    const home = folder();
    const { database } = openDatabase(join(home, 'caro.db'), 0);
    const identity = openIdentity(join(home, 'identity.key'));
    const records = createAuditStore(database);
    const store = createTlogStore(database);
    const log = createOwnLog({ store, after: records.after, identity: () => identity });
    let last = records.head();
    const append = (count: number): void => {
      database.transaction(() => {
        for (let done = 0; done < count; done += 1) {
          last = linkRecord(last, { type: 'peer.connected' }, '2026-11-29T00:00:00.000Z');
          records.append(last);
        }
      })();
    };
    return { database, identity, records, store, log, append };
  }

  test('grows in slices and signs each head once', () => {
    const { database, identity, records, store, log, append } = opened();
    expect(log.seal()).toBe(false);
    expect(store.head()).toBeUndefined();
    append(2_500);
    expect([log.seal(), log.seal(), log.seal()]).toEqual([true, true, false]);
    expect(log.reaches()).toBe(2_500);
    log.seal();
    const head = store.head();
    expect(database.prepare('SELECT size FROM audit_head').pluck().all()).toEqual([1_000, 2_000, 2_500]);
    expect(head?.root).toBe(treeRoot([...records.all()].map(recordLeaf)).toString('base64'));
    expect(head && isHeadSigned({ ...head, log: 'audit' })).toBe(true);
    expect(head?.key).toBe(identity.id);
  });

  test('begins after what retention removed before there was a tree', () => {
    const { store, records, log, append } = opened();
    append(10);
    records.addCheckpoint({ seq: 4, hash: '', time: '', prunedThrough: 4, signature: '' });
    records.prune(4);
    log.seal();
    expect([store.base(), store.size(), log.reaches()]).toEqual([4, 6, 10]);
  });

  test('cannot be changed in SQLite, only extended', () => {
    const { database, log, append } = opened();
    append(3);
    log.seal();
    for (const sql of [
      'UPDATE audit_tile SET hashes = zeroblob(96)',
      'UPDATE audit_tile SET hashes = substr(hashes, 1, 64)',
      'UPDATE audit_tile SET level = 1',
      'DELETE FROM audit_tile',
      'DELETE FROM audit_head',
      "UPDATE audit_head SET root = 'x'",
    ])
      expect(() => database.exec(sql)).toThrow();
    append(1);
    log.seal();
    expect(log.reaches()).toBe(4);
  });
});
