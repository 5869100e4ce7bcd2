import { afterEach, expect, test } from '@jest/globals';
import type { NodeSummary, SummaryPreview } from '../../../src/domain/summaries/summary.ts';
import { connected, contentOf, inLast, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

async function pair(denyTools: readonly string[]): Promise<{ a: MeshNode; b: MeshNode }> {
  const a = await makeNode(folder(), 'node-a');
  const b = await makeNode(folder(), 'node-b');
  open.push(a, b);
  a.configure({ trust: { [b.id]: 'peer' }, dials: [b], denyTools });
  b.configure({ trust: { [a.id]: 'peer' } });
  await startAll([a, b]);
  await connected(a, [b]);
  return { a, b };
}

const summaryIn = ({ document }: SummaryPreview): NodeSummary => contentOf(document) as NodeSummary;
const COMMANDS = ['git status', 'kubectl delete namespace x', 'kubectl delete pod y', 'rm -rf build'] as const;

test('a tool that the owner keeps back is in no part of a summary', async () => {
  const { a, b } = await pair(['k']);
  await a.observe(inLast('hourly', COMMANDS));
  const summary = summaryIn(await a.call('summary.preview', { period: 'hourly' }));

  expect(summary.patterns.map(({ name }) => name)).toEqual(['git status', 'rm']);
  expect(summary.tools.map(({ name }) => name)).toEqual(['git', 'rm']);
  expect(summary.families.map(({ count }) => count)).toEqual([1, 1]);
  expect(summary.activity.hours.reduce((sum, count) => sum + count)).toBe(2);
  expect(Object.values(summary.safety.levels).reduce((sum, count) => sum + count)).toBe(2);
  expect(summary.coverage.observed).toBe(2);
  expect(JSON.stringify(summary)).not.toMatch(/kube|cluster|container/);
  await b.audited('summary.received');
  expect(await a.audit('egress.refused')).toEqual([]);
});

test('how many commands were masked is told only where no tool is kept back, whose commands they may be', async () => {
  const masked = ['git status', 'kubectl create secret generic x --from-literal=password=hunter2-hunter2'];
  const told = async (denyTools: readonly string[]): Promise<unknown[]> => {
    const { a, b } = await pair(denyTools);
    await a.observe(inLast('hourly', masked));
    const { coverage } = summaryIn(await a.call('summary.preview', { period: 'hourly' }));
    const { targets } = await b.call('mesh.query', { type: 'node-health', timeoutMs: 5_000 });
    return [coverage, targets[0]?.summary?.coverage];
  };
  const open = { observed: 2, redacted: 1, dropped: 0, shells: ['bash'] };
  expect(await told([])).toEqual([open, open]);
  const kept = { observed: 1, redacted: 0, dropped: 0, shells: ['bash'] };
  expect(await told(['kubectl'])).toEqual([kept, kept]);
  const nothing = { observed: 0, redacted: 0, dropped: 0, shells: [] };
  expect((await told(['kubectl', 'git']))[0]).toEqual(nothing);
});

test('keeping another tool back makes a revision without it', async () => {
  const { a, b } = await pair([]);
  await a.observe(inLast('hourly', COMMANDS));
  const before = summaryIn(await a.call('summary.preview', { period: 'hourly' }));
  expect(before.tools.map(({ name }) => name)).toContain('kubectl');
  await b.audited('summary.received');

  a.configure({ trust: { [b.id]: 'peer' }, dials: [b], denyTools: ['kubectl', 'git', 'rm'] });
  await a.reload();
  const after = summaryIn(await a.call('summary.preview', { period: 'hourly' }));

  expect(after).toMatchObject({ replaces: before.id, patterns: [], tools: [], coverage: { observed: 0 } });
  await b.audited('summary.received', 2);
});

test('a summary that holds a tool denied since is never sent, and does not hold up those behind it', async () => {
  const { a, b } = await pair([]);
  await b.stop();
  await until(
    () => a.isConnected(b.id),
    (is) => !is,
  );
  await a.observe(inLast('hourly', COMMANDS));
  const denied = summaryIn(await a.call('summary.preview', { period: 'hourly' }));
  a.configure({ trust: { [b.id]: 'peer' }, dials: [b], denyTools: ['kubectl'] });
  await a.reload();
  await a.observe(inLast('daily', ['git status']));
  const allowed = summaryIn(await a.call('summary.preview', { period: 'daily' }));

  await b.start();
  const received = await b.audited('summary.received');

  expect(received).toMatchObject([{ details: { id: allowed.id } }]);
  expect(await a.audit('egress.refused')).toMatchObject([
    { peer: b.id, details: { code: 'egress_schema', type: 'summary' } },
  ]);
  expect((await b.call('summary.list', { from: a.id })).map(({ id }) => id)).not.toContain(denied.id);
});
