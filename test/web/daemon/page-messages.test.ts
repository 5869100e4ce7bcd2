import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeFromPage } from '../../../src/web/daemon/page-messages.ts';
import { decodeFromDaemon } from '../../../src/web/ipc-protocol.ts';

const HASH = 'a'.repeat(64);
const NODE = `caro:ed25519:${'AQEB'.repeat(10)}AQE=`;
const PROOF = { cookie: 'x', pageToken: 'y' };
const act = { type: 'act', id: 1, proof: PROOF };

describe('what the page process may say to the daemon', () => {
  test.each([
    { type: 'ready' },
    { type: 'ask', id: 1, kind: 'service.status', body: {} },
    { type: 'ask', id: 2, kind: 'summary.preview', body: { period: 'daily' } },
    { type: 'ask', id: 3, kind: 'audit.list', body: { limit: 100, before: 7, type: 'peer.refused' } },
    { type: 'rules', id: 4, ids: ['git.force-push'] },
    { type: 'redeem', id: 5, login: 'x', cookieHash: HASH, pageHash: HASH, label: null },
    { type: 'logout', cookieHash: HASH },
    { type: 'refused', reason: 'origin' },
    { type: 'follow', id: 6, on: true },
    { type: 'received' },
    { type: 'leaving', received: 3 },
    { ...act, kind: 'mesh.query', body: { type: 'anomalies', since: '2026-01-02T03:04:05.678Z' } },
    { ...act, kind: 'settings.change', body: { set: 'sharing', level: 2 } },
    { ...act, kind: 'settings.change', body: { set: 'trust', id: NODE, level: 'peer' } },
    { ...act, kind: 'settings.change', body: { set: 'revoked', id: NODE } },
    { type: 'ask', id: 7, kind: 'egress.show', body: { seq: 3 } },
    { type: 'ask', id: 8, kind: 'policy.explain', body: { id: NODE, address: '10.0.1.7', action: 'query' } },
  ])('$type $kind passes', (message) => {
    expect(decodeFromPage(message)).toEqual(message);
  });

  test.each([
    ['a request that changes something', { type: 'ask', id: 1, kind: 'audit.append', body: { type: 'trust.changed' } }],
    ['a query to the mesh', { type: 'ask', id: 1, kind: 'mesh.query', body: { type: 'anomalies' } }],
    [
      'a change without the proof of a login',
      { type: 'act', id: 1, kind: 'settings.change', body: { set: 'sharing', level: 1 } },
    ],
    [
      'a change that is only asked',
      { type: 'ask', id: 1, kind: 'settings.change', body: { set: 'sharing', level: 1 } },
    ],
    ['an act of another kind', { ...act, kind: 'config.commit', body: {} }],
    ['a level that does not exist', { ...act, kind: 'settings.change', body: { set: 'sharing', level: 3 } }],
    ['a node that has another spelling', { ...act, kind: 'settings.change', body: { set: 'revoked', id: `${NODE} ` } }],
    [
      'a denial that is lifted',
      { ...act, kind: 'settings.change', body: { set: 'trust', id: NODE, level: 'peer', lift: [NODE] } },
    ],
    [
      'a peer that is edited',
      { ...act, kind: 'settings.change', body: { set: 'peer', peer: { id: NODE, address: '10.0.1.7:9238' } } },
    ],
    ['a kind that every object has', { type: 'ask', id: 1, kind: 'constructor', body: {} }],
    ['a body with more than is known', { type: 'ask', id: 1, kind: 'service.status', body: { as: 'root' } }],
    ['a period that does not exist', { type: 'ask', id: 1, kind: 'summary.preview', body: { period: 'yearly' } }],
    [
      'a time that does not exist',
      { type: 'ask', id: 1, kind: 'anomalies.list', body: { since: '2026-13-45T99:99:99Z' } },
    ],
    ['an audit page without end', { type: 'ask', id: 1, kind: 'audit.list', body: { limit: 1e9 } }],
    ['a message with more than is known', { type: 'ready', extra: 1 }],
    ['a login without hashes', { type: 'redeem', id: 1, login: 'x', cookieHash: 'short', pageHash: HASH, label: null }],
    ['rules without end', { type: 'rules', id: 1, ids: Array.from({ length: 201 }, () => 'a') }],
    ['a rule id that is a path', { type: 'rules', id: 1, ids: ['../../etc/passwd'] }],
    ['a type that every object has', { type: 'toString' }],
    ['nothing', null],
    ['a list', [{ type: 'ready' }]],
  ])('%s does not pass', (_name, message) => {
    expect(decodeFromPage(message)).toBeNull();
  });

  test('any other value is rejected without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const decoded = decodeFromPage(value);
        expect(decoded === null || decoded.type === 'ready').toBe(true);
      }),
    );
  });
});

test('an unknown message of a newer daemon is ignored', () => {
  expect(decodeFromDaemon({ type: 'something-new' })).toBeNull();
  expect(decodeFromDaemon({ type: 'goodbye' })).toEqual({ type: 'goodbye' });
});
