import { afterEach, expect, test } from '@jest/globals';
import type { AdvisoryLine } from '../../../src/domain/advisories/advisory.ts';
import { connected, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { caro, caroJson } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const lines = (node: MeshNode): Promise<readonly AdvisoryLine[]> => node.call('advisories.list', {});
const send = (node: MeshNode, name: string) =>
  node.call('advisories.send', { subject: { kind: 'rule', name }, priority: 'urgent', until: inDays(7) });

/** Ana, the analyst; Ben has named her as supervisor, Cyd as peer only. */
async function trio() {
  const [ana, ben, cyd] = [
    await makeNode(folder(), 'ana'),
    await makeNode(folder(), 'ben'),
    await makeNode(folder(), 'cyd'),
  ];
  open.push(ana, ben, cyd);
  ana.configure({ trust: { [ben.id]: 'peer', [cyd.id]: 'peer' }, dials: [ben, cyd] });
  ben.configure({ trust: { [ana.id]: 'supervisor' }, names: [ana] });
  cyd.configure({ trust: { [ana.id]: 'peer' } });
  return { ana, ben, cyd };
}

test('an owner sees the advisory of an analyst with their own commands, and hides it without a trace', async () => {
  const { ana, ben, cyd } = await trio();
  await startAll([ana, ben, cyd]);
  await connected(ana, [ben, cyd]);
  await ben.observe([{ text: 'git push --force origin main', atMs: Date.now() - 60_000 }]);

  const sent = await caro(ana.home, 'advisory', 'send', '--rule', 'git.push-force', '--until', '7d', '--json');
  expect([sent.code, JSON.parse(sent.stdout)]).toMatchObject([0, { delivered: 1 }]);
  const [line] = await lines(ben);
  expect(line).toMatchObject({
    author: ana.id,
    subject: { kind: 'rule', name: 'git.push-force' },
    priority: 'attention',
    until: inDays(7),
    rules: [{ id: 'git.push-force', matches: 1 }],
    commands: [{ command: 'git push --force origin main' }],
  });
  const { stdout } = await caro(ben.home, 'advisory');
  expect(stdout).toMatch(
    /attention: rule git\.push-force[\s\S]*from ana[\s\S]*Safer: [\s\S]*git push --force origin main/,
  );
  expect(await lines(cyd)).toEqual([]);
  expect(await cyd.audited('peer.refused')).toMatchObject([{ peer: ana.id, details: { code: 'advisory_refused' } }]);
  expect(await ben.audited('advisory.received')).toMatchObject([
    { peer: ana.id, details: { subject: 'rule git.push-force' } },
  ]);
  expect(await ana.call('egress.list', { peer: ben.id })).toContainEqual(
    expect.objectContaining({ type: 'advisory', level: null }),
  );

  const before = [await ben.call('egress.list', { limit: 1 }), await ben.call('audit.list', { limit: 1 })];
  expect((await caro(ben.home, 'advisory', 'hide', line?.id.slice(0, 8) ?? '')).code).toBe(0);
  expect(await lines(ben)).toEqual([]);
  expect(await caroJson(ben.home, 'advisory', 'list', '--all')).toMatchObject([{ isHidden: true }]);
  // Nothing was sent or recorded: not even how many records there are tells who has hidden it.
  expect([await ben.call('egress.list', { limit: 1 }), await ben.call('audit.list', { limit: 1 })]).toEqual(before);
  expect(await lines(ana)).toMatchObject([{ delivered: 1 }]);
});

test('an advisory waits for a node that is away, reaches it once, and stays hidden there', async () => {
  const { ana, ben } = await trio();
  await startAll([ana]);
  expect(await send(ana, 'git.push-force')).toMatchObject({ delivered: 0 });
  await ben.start();
  await connected(ana, [ben]);
  const [line] = await until(
    () => lines(ben),
    (found) => found.length === 1,
  );
  await ben.call('advisories.hide', { id: line?.id ?? '' });
  await ben.kill();
  await ben.start();
  await connected(ana, [ben]);
  await send(ana, 'disk.mkfs').catch(() => send(ana, 'git.clean'));
  await until(
    () => lines(ben),
    (found) => found.length === 1,
  );
  expect((await lines(ben))[0]?.id).not.toBe(line?.id);
  expect((await ben.call('advisories.list', { hidden: true })).map(({ isHidden }) => isHidden).sort()).toEqual([
    false,
    true,
  ]);
  expect(await ben.audit('advisory.received')).toHaveLength(2);
});

test('an analyst cannot send a text, a rule of the organisation, or an end that is far away', async () => {
  const { ana } = await trio();
  await ana.start();
  const sending = (...args: readonly string[]) => caro(ana.home, 'advisory', 'send', ...args);
  for (const args of [
    ['--rule', 'visit https://evil.example', '--until', '7d'],
    ['--rule', 'organisation.crontab', '--until', '7d'],
    ['--family', 'organisation', '--until', '7d'],
    ['--family', 'no-such-family', '--until', '7d'],
    ['--rule', 'git.push-force', '--until', '93d'],
    ['--rule', 'git.push-force', '--until', '2020-01-01'],
    ['--rule', 'git.push-force', '--family', 'git', '--until', '7d'],
    ['--until', '7d'],
    ['--rule', 'git.push-force'],
    ['--rule', 'git.push-force', '--until', '2026-02-30'],
  ])
    expect([args, (await sending(...args)).code]).toEqual([args, 2]);
  expect(await lines(ana)).toEqual([]);
  const week = ['--rule', 'git.push-force', '--until', '7d'];
  expect((await sending(...week)).stdout).toContain('0 nodes have it');
  const again = await sending(...week);
  expect([again.code, again.stderr]).toEqual([
    2,
    expect.stringContaining('expected another subject, priority or last day'),
  ]);
  expect((await sending(...week, '--priority', 'urgent')).code).toBe(0);
});
