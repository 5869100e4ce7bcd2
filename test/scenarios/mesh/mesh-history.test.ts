import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { SavedAnswer, SavedAnswerLine } from '../../../src/domain/answers/saved-answer.ts';
import { DAY_MS } from '../../../src/domain/time/period.ts';
import { createMetaStore } from '../../../src/storage/meta-store.ts';
import { Sqlite } from '../../../src/storage/sqlite.ts';
import { connected, lately, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { caro, caroJson } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

/** An asker with a floor of two, and three nodes: two call it supervisor, one denies it. */
async function team(settings: Parameters<MeshNode['configure']>[0] = {}) {
  const asker = await makeNode(folder(), 'ciso');
  const nodes = [await makeNode(folder(), 'ana'), await makeNode(folder(), 'ben'), await makeNode(folder(), 'eve')];
  open.push(asker, ...nodes);
  const trust = Object.fromEntries(nodes.map(({ id }) => [id, 'peer' as const]));
  asker.configure({ trust, level: 0, minContributors: 2, ...settings });
  for (const [index, node] of nodes.entries())
    node.configure({ trust: { [asker.id]: index === 2 ? 'share_to' : 'supervisor' }, dials: [asker] });
  return { asker, nodes };
}

const listed = (node: MeshNode, ...args: readonly string[]): Promise<readonly SavedAnswerLine[]> =>
  caroJson<SavedAnswerLine>(node.home, 'mesh', 'history', ...args);

test('sums that passed the floor are saved with all states, survive kill -9, and are shown, compared and exported', async () => {
  const { asker, nodes } = await team();
  await startAll([asker, ...nodes]);
  await connected(asker, nodes);
  for (const node of nodes.slice(0, 2)) await node.observe(lately(['git status', 'git status', 'ls']));
  const first = await asker.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 });
  await nodes[1]?.kill();
  // One node alone: withheld, so not saved.
  expect((await asker.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 })).withheld).toBe(
    'cohort_too_small',
  );
  await nodes[1]?.start();
  await connected(asker, nodes);
  await nodes[1]?.observe(lately(['rm -rf /']));
  await asker.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 });
  const sent = (await asker.call('egress.list', { limit: 1_000 })).filter(({ type }) => type === 'query').length;

  await asker.kill();
  await asker.start();
  const lines = await listed(asker, '--type', 'safety-posture', '--span', '7d');
  expect(lines).toMatchObject([
    { seq: 1, askedBy: 'person', spanHours: 168, floor: 2, targets: 3, contributors: 2 },
    { seq: 2, askedBy: 'person', spanHours: 168, floor: 2, targets: 3, contributors: 2 },
  ]);
  expect(await listed(asker, '--span', '24h')).toEqual([]);
  const [shown] = await caroJson<SavedAnswer>(asker.home, 'mesh', 'history', 'show', '1');
  expect(shown?.result).toEqual(first);
  expect((await caro(asker.home, 'mesh', 'history', 'show', '1')).stdout).toMatch(/= {2}access_denied/);

  const [{ cells } = { cells: [] }] = await caroJson<{ cells: readonly unknown[] }>(
    asker.home,
    'mesh',
    'history',
    'compare',
    '1',
    '2',
  );
  expect(cells).toContainEqual({ cell: 'commands', before: 6, after: 7, change: 1 });
  expect(cells.some((cell) => (cell as { change: unknown }).change === null)).toBe(true);
  expect((await caro(asker.home, 'mesh', 'history', 'compare', '1', '2')).stdout).toMatch(/commands +6 +7 +\+1/);

  const file = join(asker.home, 'answers.csv');
  expect((await caro(asker.home, 'mesh', 'history', 'export', '--out', file)).code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([11]));
  expect(rows.filter(([number, , , , , , , , cell]) => number === '1' && cell === 'commands')).toMatchObject([
    { 9: '6', 10: '' },
  ]);
  // A withheld value is empty, not zero.
  expect(rows.filter((row) => row[10] === 'floor').every((row) => row[9] === '')).toBe(true);

  // The time of an answer is the newest moment it covers; one of exactly that time is included.
  const since = (time: string) => caro(asker.home, 'mesh', 'history', 'export', '--format', 'jsonl', '--since', time);
  const [, newest] = lines;
  expect((await since(newest?.until ?? '')).stdout).toMatch(/^\{"seq":2,[^\n]*\n$/);
  expect((await since('2999-01-01')).stdout).toBe('');
  expect(await since('last week')).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected a time ago') });

  // Reading asks nobody anything.
  const after = (await asker.call('egress.list', { limit: 1_000 })).filter(({ type }) => type === 'query').length;
  expect(after).toBe(sent);
  expect((await caro(asker.home, 'mesh', 'history', 'show', '99')).stderr).toContain('99 is none');
});

test('a daily question is asked once on this day, through kill -9 and restarts, and sends what a person would', async () => {
  const { asker, nodes } = await team({ daily: ['safety-posture', 'node-health'] });
  await startAll([asker, ...nodes]);
  await connected(asker, nodes);
  for (const node of nodes.slice(0, 2)) await node.observe(lately(['git status']));
  await asker.call('mesh.query', { type: 'safety-posture', since: new Date(Date.now() - DAY_MS).toISOString() });
  await asker.kill();
  // The planned minute is over: the node has missed it.
  const database = new Sqlite(join(asker.home, 'data', 'caro.db'));
  const day = Math.floor(Date.now() / DAY_MS);
  createMetaStore(database).set('daily_questions', JSON.stringify({ plan: { day, minute: 0 }, asked: [] }));
  database.close();
  await asker.start();
  await connected(asker, nodes);

  await until(
    () => listed(asker, '--type', 'node-health'),
    ({ length }) => length === 1,
    60_000,
  );
  await asker.kill();
  await asker.start();
  await connected(asker, nodes);
  expect(await listed(asker)).toMatchObject([
    { askedBy: 'person', type: 'safety-posture', spanHours: 24 },
    { askedBy: 'daily', type: 'safety-posture', spanHours: 24, contributors: 2, targets: 3 },
    { askedBy: 'daily', type: 'node-health', spanHours: 24 },
  ]);
  const bodies = await Promise.all(
    (await asker.call('egress.list', { limit: 1_000 }))
      .filter(({ type }) => type === 'query')
      .map(async ({ seq }) => bodyOf((await asker.call('egress.show', { seq })).bytes)),
  );
  const asked = bodies.filter((body) => JSON.stringify(body).includes('safety-posture'));
  // Three nodes asked by a person, and the same three by the service: the same words.
  expect(asked).toHaveLength(6);
  expect(new Set(asked.map((body) => JSON.stringify(body)))).toEqual(
    new Set([JSON.stringify({ spanHours: 24, type: 'safety-posture' })]),
  );
});

const bodyOf = (bytes: string): unknown => {
  const { payload } = JSON.parse(bytes) as { payload: string };
  return (JSON.parse(Buffer.from(payload, 'base64').toString()) as { body: unknown }).body;
};
