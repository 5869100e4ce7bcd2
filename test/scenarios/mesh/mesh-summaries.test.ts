import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import type { NodeSummary, SummaryLine } from '../../../src/domain/summaries/summary.ts';
import { lastClosed } from '../../../src/domain/time/period.ts';
import { openEnvelope } from '../../../src/identity/envelope.ts';
import { openReadOnly } from '../../../src/storage/database.ts';
import { createSummaryStore, type StoredSummary } from '../../../src/storage/mesh/summary-store.ts';
import { connected, contentOf, inLast, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

/** Two peers; the first dials the second. */
async function pair(): Promise<{ a: MeshNode; b: MeshNode }> {
  const a = await makeNode(folder(), 'node-a');
  const b = await makeNode(folder(), 'node-b');
  open.push(a, b);
  a.configure({ trust: { [b.id]: 'peer' }, dials: [b] });
  b.configure({ trust: { [a.id]: 'peer' } });
  return { a, b };
}

/** What `holder` has of the last closed period of `author`, out of its database. */
function held(holder: MeshNode, author: MeshNode, kind: SummaryLine['kind']): StoredSummary | undefined {
  const database = openReadOnly(join(holder.home, 'data', 'caro.db'));
  try {
    return createSummaryStore(database).latest(author.id, kind, lastClosed(kind, Date.now()).startMs);
  } finally {
    database.close();
  }
}

/**
 * The version of TLS that an endpoint agrees to when `most` is the newest that the dialler knows,
 * or the code of its refusal.
 */
function spokenAt(endpoint: string, most: SecureVersion): Promise<string | null | undefined> {
  const [host, port] = endpoint.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, maxVersion: most });
    socket.once('secureConnect', () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}

/** Every byte that a node has on disk of its database. */
const bytesOf = (node: MeshNode): string =>
  ['caro.db', 'caro.db-wal'].map((file) => readFileSync(join(node.home, 'data', file), 'latin1')).join();

test('two peers prove their keys to each other over TLS 1.3, and both put the connection on record (S2, FR-201, FR-202, FR-901)', async () => {
  const { a, b } = await pair();
  await startAll([a, b]);
  await connected(a, [b]);

  const [ofA] = await a.audited('peer.connected');
  const [ofB] = await b.audited('peer.connected');
  expect(ofA).toMatchObject({ peer: b.id, details: { direction: 'outbound' } });
  expect(ofB).toMatchObject({ peer: a.id, details: { direction: 'inbound' } });
  for (const { endpoint } of [a, b]) {
    expect(await spokenAt(endpoint, 'TLSv1.3')).toBe('TLSv1.3');
    expect(await spokenAt(endpoint, 'TLSv1.2')).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  }
});

test('a daily summary reaches a peer signed and word for word, and no command text comes with it (S3, FR-304, FR-501)', async () => {
  const { a, b } = await pair();
  await startAll([a, b]);
  await connected(a, [b]);
  await a.observe(inLast('daily', ['git push origin raw-canary', 'git push', 'ls raw-canary']));

  const { document, closed } = await a.call('summary.preview', { period: 'daily' });
  expect(closed).toBe(true);
  await b.audited('summary.received');

  const stored = held(b, a, 'daily');
  expect(stored?.document).toEqual(document);
  const summary = JSON.parse(Buffer.from(openEnvelope(document, a.identity.publicKey)).toString()) as NodeSummary;
  expect(summary.patterns).toEqual([
    { name: 'git push', count: 2 },
    { name: 'ls', count: 1 },
  ]);
  expect(await b.call('summary.list', { from: a.id })).toMatchObject([{ node: a.id, kind: 'daily', revision: 1 }]);
  expect(await a.audited('summary.sent')).toMatchObject([
    { peer: b.id, details: { id: summary.id, result: 'stored' } },
  ]);
  expect(bytesOf(a)).toContain('raw-canary');
  expect(bytesOf(b)).not.toContain('raw-canary');
});

test('late commands make a revision that names the summary it replaces', async () => {
  const { a, b } = await pair();
  await startAll([a, b]);
  await connected(a, [b]);
  await a.observe(inLast('hourly', ['git status']));
  await a.call('summary.preview', { period: 'hourly' });
  await b.audited('summary.received');
  const first = held(b, a, 'hourly');

  await a.observe(inLast('hourly', ['git status', 'make']));
  await a.call('summary.preview', { period: 'hourly' });
  await b.audited('summary.received', 2);

  const second = held(b, a, 'hourly');
  expect(second).toMatchObject({ revision: 2 });
  const { replaces, patterns } = contentOf(second?.document ?? { payload: '' }) as NodeSummary;
  expect(replaces).toBe(first?.id);
  expect(patterns).toEqual([
    { name: 'git status', count: 2 },
    { name: 'make', count: 1 },
  ]);
});

test('a summary that a peer missed is sent once it is back, and only once', async () => {
  const { a, b } = await pair();
  await startAll([a, b]);
  await connected(a, [b]);
  await b.stop();
  await until(
    () => a.isConnected(b.id),
    (is) => !is,
  );
  await a.observe(inLast('hourly', ['git status']));
  await a.call('summary.preview', { period: 'hourly' });

  await b.start();
  await b.audited('summary.received');
  await a.audited('summary.sent');
  await b.kill();
  await b.start();
  await connected(a, [b]);
  await a.observe(inLast('daily', ['git status']));
  await a.call('summary.preview', { period: 'daily' });
  await b.audited('summary.received', 2);

  expect((await b.call('summary.list', { from: a.id })).map(({ kind }) => kind).sort()).toEqual(['daily', 'hourly']);
  expect(await a.audited('summary.sent', 2)).toHaveLength(2);
});

test('a peer that may have no summaries gets none, and a node that shares nothing sends none', async () => {
  const { a, b } = await pair();
  a.configure({ trust: { [b.id]: 'query_from' }, dials: [b] });
  b.configure({ trust: { [a.id]: 'peer' }, level: 0 });
  await startAll([a, b]);
  await connected(a, [b]);
  await a.observe(inLast('hourly', ['git status']));
  await b.observe(inLast('hourly', ['git status']));

  await a.call('summary.preview', { period: 'hourly' });
  await b.call('summary.preview', { period: 'hourly' });
  // An answer comes after everything that was sent before the question.
  await a.call('mesh.query', { type: 'node-health', timeoutMs: 10_000 });
  await b.call('mesh.query', { type: 'node-health', timeoutMs: 10_000 });

  for (const node of [a, b]) {
    expect((await node.call('egress.list', {})).map(({ type }) => type)).not.toContain('summary');
    expect(await node.audit('summary.received')).toEqual([]);
  }
});
