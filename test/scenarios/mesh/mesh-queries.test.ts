import { afterEach, expect, test } from '@jest/globals';
import type { QueryTarget } from '../../../src/domain/answers/query.ts';
import { connected, lately, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

const COMMANDS = ['git status', 'git push --force', 'rm -rf build'] as const;

/**
 * An asker and `count` nodes that call it supervisor, but for the first `denying`, who shut it out
 * of their figures.
 */
async function organisation(count: number, denying: number): Promise<{ asker: MeshNode; nodes: MeshNode[] }> {
  const asker = await makeNode(folder(), 'ciso');
  open.push(asker);
  const nodes: MeshNode[] = [];
  for (let index = 0; index < count; index += 1) nodes.push(await makeNode(folder(), `dev-${index}`));
  open.push(...nodes);
  asker.configure({ trust: Object.fromEntries(nodes.map(({ id }) => [id, 'peer'])), level: 0 });
  for (const [index, node] of nodes.entries()) {
    node.configure({ trust: { [asker.id]: index < denying ? 'share_to' : 'supervisor' }, dials: [asker] });
  }
  await startAll([asker, ...nodes]);
  await connected(asker, nodes);
  for (const node of nodes) await node.observe(lately(COMMANDS));
  return { asker, nodes };
}

const stateOf = (targets: readonly QueryTarget[], { id }: MeshNode): unknown =>
  targets.find((target) => target.id === id)?.state;

test('a supervisor asks ten nodes: seven answer in aggregates, three deny, and one that dies is told as silent (S4, E1, FR-601, FR-602, NFR-301)', async () => {
  const { asker, nodes } = await organisation(10, 3);
  const answer = await asker.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 });

  expect(answer.counts).toMatchObject({ answered: 7, access_denied: 3, no_response: 0 });
  expect(Object.values(answer.counts).reduce((sum, count) => sum + count)).toBe(10);
  expect(answer).toMatchObject({ contributors: 7, withheld: null });
  expect(answer.aggregate).toMatchObject({ commands: 7 * COMMANDS.length });
  expect(answer.targets.filter(({ summary }) => summary !== undefined)).toEqual([]);
  for (const node of nodes.slice(0, 3)) {
    expect(stateOf(answer.targets, node)).toBe('access_denied');
    expect(await node.audit('query.answered')).toMatchObject([
      { peer: asker.id, details: { result: 'access_denied' } },
    ]);
  }
  expect(await asker.audit('query.sent')).toMatchObject([{ details: { query: 'safety-posture', targets: 10 } }]);

  // E1: one of them is killed between two questions.
  const dead = nodes[9];
  if (!dead) throw new Error('expected ten nodes');
  await dead.kill();
  const later = await asker.call('mesh.query', { type: 'tool-usage', timeoutMs: 10_000 });
  expect(later.counts).toMatchObject({ answered: 6, access_denied: 3, no_response: 1 });
  expect(stateOf(later.targets, dead)).toBe('no_response');
  expect(later.contributors).toBe(6);
  expect(later.elapsedMs).toBeLessThan(10_000);
});

test('an aggregate over fewer nodes than the floor is withheld, and every target is accounted for (FR-604)', async () => {
  const { asker } = await organisation(4, 1);
  const answer = await asker.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 });

  expect(answer.counts).toMatchObject({ answered: 3, access_denied: 1 });
  expect(answer).toMatchObject({ contributors: 3, withheld: 'cohort_too_small', aggregate: null });
});

test('asked for recent commands, a node with the default sharing policy tells patterns and puts query and level on record (S5, FR-902)', async () => {
  const node = await makeNode(folder(), 'dev');
  const admin = await makeNode(folder(), 'admin');
  open.push(node, admin);
  node.configure({ trust: { [admin.id]: 'query_from' }, dials: [admin] });
  admin.configure({ trust: { [node.id]: 'peer' } });
  await startAll([node, admin]);
  await connected(node, [admin]);
  const texts = Array.from({ length: 45 }, (_, index) => `git commit -m canary-${index}`);
  await node.observe(lately(texts, { cwd: '/home/canary' }));

  const answer = await admin.call('mesh.query', { type: 'recent-commands', timeoutMs: 10_000 });

  expect(answer.targets).toMatchObject([{ id: node.id, state: 'answered' }]);
  expect(answer.targets[0]?.summary?.toolCounts).toEqual([{ name: 'git', count: 45 }]);
  expect(JSON.stringify(answer)).not.toContain('canary');
  expect(await node.audit('query.received')).toMatchObject([{ peer: admin.id, details: { query: 'recent-commands' } }]);
  expect(await node.audit('query.answered')).toMatchObject([
    { peer: admin.id, details: { query: 'recent-commands', level: 1, rule: 'trust.nodes' } },
  ]);
});
