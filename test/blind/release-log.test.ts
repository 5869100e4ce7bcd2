import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  contributorsOf,
  contributorsRoot,
  EMPTY_LOG,
  encodeRelease,
  followRelease,
  openRelease,
  proveContribution,
  provenTotal,
  releaseHash,
  signRelease,
} from '../../src/blind/release-log.ts';
import type { ReleaseEntry } from '../../src/domain/blind/release.ts';
import { seal } from '../../src/identity/envelope.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { isIncluded, leafHash, merkleTree } from '../../src/identity/merkle-tree.ts';
import { hashOf } from '../../src/identity/signed-document.ts';
import { codeOf } from '../rig/error-code.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

const folder = lastingFolder();
const trustee = openIdentity(`${folder}/trustee.pem`);
const other = openIdentity(`${folder}/other.pem`);
const NODES = Array.from({ length: 23 }, (_, index) => `caro:ed25519:${'A'.repeat(41)}${index}`);
const sha256 = (text: string): string => hashOf(Buffer.from(text));
const TASK = sha256('task');
const CONTRIBUTORS = contributorsOf('organisation', NODES);
const block = {
  name: 'organisation',
  contributors: NODES.length,
  root: contributorsRoot(CONTRIBUTORS),
  share: sha256('share'),
};
const entry: ReleaseEntry = {
  type: 'caro.release',
  version: 1,
  task: TASK,
  seq: 0,
  previous: EMPTY_LOG.hash,
  day: '2026-11-20',
  time: '2026-11-24T00:00:00.000Z',
  received: 24,
  invalid: 1,
  blocks: [block],
  withheld: null,
};
const task = { taskId: TASK, trustee: trustee.id };

describe('release log', () => {
  test('reads what it has signed', () => {
    expect(openRelease(signRelease(entry, trustee), trustee.id)).toEqual(entry);
  });

  test('refuses an entry of another signer', () => {
    expect(codeOf(() => openRelease(signRelease(entry, other), trustee.id))).toBe('release_invalid');
  });

  test.each([
    ['another member', { ...entry, figure: 7 }],
    ['a day without a total and without a reason', { ...entry, blocks: [] }],
    ['a total with a reason to withhold it', { ...entry, withheld: 'release_below_floor' }],
    ['more contributors than reports', { ...entry, received: 23 }],
    ['a day that does not exist', { ...entry, day: '2026-13-01' }],
  ])('refuses %s', (_, wrong) => {
    const envelope = signRelease(wrong as ReleaseEntry, trustee);
    expect(codeOf(() => openRelease(envelope, trustee.id))).toBe('release_invalid');
  });

  test('refuses another spelling of the same JSON', () => {
    const spaced = Buffer.from(` ${Buffer.from(encodeRelease(entry)).toString()}`);
    const envelope = seal('application/vnd.caro.release.v1+json', spaced, trustee);
    expect(codeOf(() => openRelease(envelope, trustee.id))).toBe('release_invalid');
  });

  test('follows the chain and notices a second history', () => {
    const first = signRelease(entry, trustee);
    const { head } = followRelease(EMPTY_LOG, first, task);
    const next = { ...entry, seq: 1, day: '2026-11-21', previous: releaseHash(first) };
    expect(followRelease(head, signRelease(next, trustee), task).head.size).toBe(2);
    const rival = { ...next, previous: sha256('another first entry') };
    expect(codeOf(() => followRelease(head, signRelease(rival, trustee), task))).toBe('release_forked');
    expect(codeOf(() => followRelease(head, first, task))).toBe('release_invalid');
    expect(codeOf(() => followRelease(EMPTY_LOG, first, { ...task, taskId: sha256('other') }))).toBe('release_invalid');
  });

  test('proves to a node that it was included, and to nobody else', () => {
    for (const node of NODES) {
      const proof = proveContribution(CONTRIBUTORS, node);
      if (!proof) throw new Error('expected a proof');
      expect(provenTotal(entry, node, proof)).toBe(NODES.length);
      expect(provenTotal(entry, other.id, proof)).toBeNull();
      expect(provenTotal(entry, node, { ...proof, block: 'rest' })).toBeNull();
    }
    expect(proveContribution(CONTRIBUTORS, other.id)).toBeNull();
  });
});

describe('Merkle tree (RFC 6962)', () => {
  test('has the published root of no leaf and of one empty leaf', () => {
    expect(merkleTree([]).root.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(merkleTree([leafHash('')]).root.toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });

  test('proves every leaf, at its place only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (size, choice) => {
        const leaves = Array.from({ length: size }, (_, index) => leafHash(String(index)));
        const index = choice % size;
        const { proof, root } = merkleTree(leaves);
        const path = proof(index);
        const leaf = leafHash(String(index));
        expect(isIncluded(leaf, { index, size, path }, root)).toBe(true);
        expect(isIncluded(leafHash('other'), { index, size, path }, root)).toBe(false);
        if (size > 1) expect(isIncluded(leaf, { index: (index + 1) % size, size, path }, root)).toBe(false);
      }),
    );
  });
});
