import { afterAll, afterEach, expect, test } from '@jest/globals';
import type { NodeSummary } from '../../src/domain/summaries/summary.ts';
import { intakeFault, MAX_BYTES, MAX_REVISIONS, MAX_SUMMARIES } from '../../src/domain/summaries/summary-intake.ts';
import { DAY_MS, lastClosed, type PeriodKind } from '../../src/domain/time/period.ts';
import { createSummaryStore } from '../../src/storage/mesh/summary-store.ts';
import { asJson, intrude, payloadOf } from '../mesh/hostile.ts';
import { makeIdentity, makeSummary, makeTls, stopAll } from '../mesh/rig.ts';
import { type MeshNode, makeNode } from '../rig/mesh-nodes.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { testDatabase } from '../rig/test-database.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
  await stopAll();
});
afterAll(stopAll);

const iso = (ms: number): string => new Date(ms).toISOString();
const periodOf = (kind: PeriodKind, nowMs: number): NodeSummary['period'] => {
  const { startMs, endMs } = lastClosed(kind, nowMs);
  return { kind, start: iso(startMs), end: iso(endMs) };
};

test('a trusted peer cannot fill the disk with periods that never were', async () => {
  const peer = makeIdentity();
  const victim = await makeNode(folder(), 'victim');
  open.push(victim);
  victim.configure({ trust: { [peer.id]: 'peer' } });
  await victim.start();
  const now = Date.now();
  const hour = periodOf('hourly', now);
  const summaries: readonly (readonly [Partial<NodeSummary>, string])[] = [
    [{ createdAt: iso(now), period: hour }, 'stored'],
    [{ createdAt: '2026-99-99T99:99:99.999Z', period: hour }, 'refused'],
    [{ createdAt: iso(now), period: { ...hour, start: '2026-02-31T24:61:00.000Z' } }, 'refused'],
    [{ createdAt: iso(now), period: { ...hour, kind: 'weekly' } }, 'refused'],
    [{ createdAt: iso(now), period: { ...hour, end: iso(now) } }, 'refused'],
    [{ createdAt: iso(now), period: periodOf('daily', now + 2 * DAY_MS) }, 'refused'],
    [{ createdAt: iso(now), period: periodOf('daily', now - 400 * DAY_MS) }, 'refused'],
    [{ createdAt: iso(now + DAY_MS), period: hour }, 'refused'],
    [{ createdAt: iso(now), period: periodOf('weekly', now - 300 * DAY_MS) }, 'stored'],
  ];
  const hostile = await intrude({ id: victim.id, address: victim.endpoint }, peer, await makeTls(peer));
  hostile.hello();
  const sent = summaries.map(([changes, result]) => ({ ...makeSummary(peer, changes), result }));
  for (const { document } of sent) {
    hostile.say({ ...hostile.header(), type: 'summary', body: asJson({ document }) });
  }
  const answers = await until(
    () => Promise.resolve(hostile.received.map(payloadOf).filter(({ type }) => type === 'summary-ack')),
    (messages) => messages.length === summaries.length,
  );
  // The answers come as they are ready, not in order.
  const results = new Map(
    answers.map(({ body }) => [(body as { id: string }).id, (body as { result: string }).result]),
  );
  expect(sent.map(({ id }) => results.get(id))).toEqual(sent.map(({ result }) => result));
  expect(await victim.call('summary.list', { limit: 100, from: peer.id })).toHaveLength(2);
  expect(await victim.audited('peer.refused')).toMatchObject([{ peer: peer.id, details: { code: 'summary_invalid' } }]);
});

test('a trusted peer that gives its summary the id of another’s does not keep that one out', async () => {
  const [author, rival] = [makeIdentity(), makeIdentity()];
  const victim = await makeNode(folder(), 'victim');
  open.push(victim);
  victim.configure({ trust: { [author.id]: 'peer', [rival.id]: 'peer' } });
  await victim.start();
  const now = Date.now();
  const facts = { id: 'c0ffee'.padEnd(32, '0'), createdAt: iso(now), period: periodOf('hourly', now) };
  const results: unknown[] = [];
  for (const identity of [rival, author, author]) {
    const peer = await intrude({ id: victim.id, address: victim.endpoint }, identity, await makeTls(identity));
    peer.hello();
    const { document } = makeSummary(identity, facts);
    peer.say({ ...peer.header(), type: 'summary', body: asJson({ document }) });
    const [answer] = await until(
      () => Promise.resolve(peer.received.map(payloadOf).filter(({ type }) => type === 'summary-ack')),
      (messages) => messages.length === 1,
    );
    results.push(answer?.['body']);
    peer.socket.terminate();
  }
  expect(results).toEqual(['stored', 'stored', 'known'].map((result) => ({ id: facts.id, result })));
  expect(await victim.call('summary.list', { limit: 10, from: author.id })).toMatchObject([{ node: author.id }]);
});

test('nor with revisions of one period, or more periods than there are', () => {
  const nowMs = Date.parse('2026-11-23T10:30:00.000Z');
  const summary = { createdAt: iso(nowMs), period: periodOf('hourly', nowMs) };
  const fault = (revisions: number, all: number, bytes = MAX_BYTES - 1) =>
    intakeFault(summary, { revisions, all, bytes }, { nowMs, days: 365 });
  expect(fault(MAX_REVISIONS - 1, MAX_SUMMARIES - 1)).toBeNull();
  expect(fault(MAX_REVISIONS, MAX_REVISIONS)).toContain('revisions');
  expect(fault(0, MAX_SUMMARIES)).toContain('too much');
  expect(fault(0, 0, MAX_BYTES)).toContain('too much');
});

test('what a node has left is counted in bytes, of each node by itself, and less when it is removed', () => {
  const database = testDatabase();
  const store = createSummaryStore(database);
  const [one, other] = [makeIdentity(), makeIdentity()];
  const left = (node: string): number => store.received(node, 'hourly', 0).bytes;
  const sizes = [one, one, other].map((identity, index) => {
    const { id, document } = makeSummary(identity);
    store.add({ id, node: identity.id, kind: 'hourly', startMs: index, revision: 1, createdMs: 0, document, seen: '' });
    return JSON.stringify(document).length;
  });
  const [first = 0, second = 0, third = 0] = sizes;
  expect([left(one.id), left(other.id)]).toEqual([first + second, third]);
  store.prune(1);
  expect([left(one.id), left(other.id)]).toEqual([second, third]);
  store.prune(9);
  expect([left(one.id), left(other.id), left('nobody')]).toEqual([0, 0, 0]);
});
