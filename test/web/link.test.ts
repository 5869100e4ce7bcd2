import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeFromDaemon, decodeFromPage } from '../../src/web/link.ts';

const HASH = 'a'.repeat(64);

describe('what the page process may say to the daemon', () => {
  test.each([
    { type: 'ready' },
    { type: 'ask', id: 1, kind: 'service.status', body: {} },
    { type: 'ask', id: 2, kind: 'summary.preview', body: { period: 'daily' } },
    { type: 'ask', id: 3, kind: 'audit.list', body: { limit: 100, before: 7, type: 'peer.refused' } },
    { type: 'rules', id: 4, ids: ['git.force-push'] },
    { type: 'redeem', id: 5, login: 'x', cookieHash: HASH, pageHash: HASH },
    { type: 'logout', cookieHash: HASH },
    { type: 'refused', reason: 'origin' },
    { type: 'follow', id: 6, on: true },
    { type: 'leaving', received: 3 },
  ])('$type $kind passes', (message) => {
    expect(decodeFromPage(message)).toEqual(message);
  });

  test.each([
    ['a request that changes something', { type: 'ask', id: 1, kind: 'audit.append', body: { type: 'trust.changed' } }],
    ['a query to the mesh', { type: 'ask', id: 1, kind: 'mesh.query', body: { type: 'anomalies' } }],
    ['a kind that every object has', { type: 'ask', id: 1, kind: 'constructor', body: {} }],
    ['a body with more than is known', { type: 'ask', id: 1, kind: 'service.status', body: { as: 'root' } }],
    ['a period that does not exist', { type: 'ask', id: 1, kind: 'summary.preview', body: { period: 'yearly' } }],
    ['an audit page without end', { type: 'ask', id: 1, kind: 'audit.list', body: { limit: 1e9 } }],
    ['a message with more than is known', { type: 'ready', extra: 1 }],
    ['a login without hashes', { type: 'redeem', id: 1, login: 'x', cookieHash: 'short', pageHash: HASH }],
    ['rules without end', { type: 'rules', id: 1, ids: Array.from({ length: 201 }, () => 'a') }],
    ['a rule id that is a path', { type: 'rules', id: 1, ids: ['../../etc/passwd'] }],
    ['a type that every object has', { type: 'toString' }],
    ['nothing', null],
    ['a list', [{ type: 'ready' }]],
  ])('%s does not pass', (_name, message) => {
    expect(decodeFromPage(message)).toBeNull();
  });

  test('anything else at all neither passes nor throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const decoded = decodeFromPage(value);
        expect(decoded === null || decoded.type === 'ready').toBe(true);
      }),
    );
  });
});

test('an unknown message of a newer daemon is left alone', () => {
  expect(decodeFromDaemon({ type: 'something-new' })).toBeNull();
  expect(decodeFromDaemon({ type: 'goodbye' })).toEqual({ type: 'goodbye' });
});
