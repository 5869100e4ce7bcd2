/** Custom rules in the real service: reloaded, broken, killed, and never told to a peer. */

import { appendFileSync, chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import type { CustomRuleLine } from '../../src/domain/rules/custom-rule.ts';
import { connected, contentOf, inLast, type MeshNode, makeNode, startAll } from '../rig/mesh-nodes.ts';
import { caro, caroJson } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { selecting, sigma } from '../risk/custom/sigma.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

const rulesOf = (node: MeshNode): string => join(node.home, 'config', 'rules');

/** Replaced in one step, as an editor or a deployment does. */
function put(node: MeshNode, name: string, text: string, mode = 0o600): void {
  mkdirSync(rulesOf(node), { recursive: true, mode: 0o700 });
  const path = join(rulesOf(node), name);
  writeFileSync(`${path}.new`, text, { mode });
  chmodSync(`${path}.new`, mode);
  renameSync(`${path}.new`, path);
}

async function started(): Promise<MeshNode> {
  const node = await makeNode(folder(), 'node-a');
  open.push(node);
  node.configure({});
  await node.start();
  return node;
}

const lines = async (node: MeshNode): Promise<readonly CustomRuleLine[]> => (await node.call('rules.list', {})).rules;
const lastEvent = async (node: MeshNode): Promise<TerminalEvent | undefined> =>
  (await node.call('events.list', { limit: 1 }))[0];

/** Observes a command now, and gives it as stored. */
async function rated(node: MeshNode, text: string): Promise<TerminalEvent | undefined> {
  await node.observe([{ text, atMs: Date.now() }]);
  return lastEvent(node);
}

const DEPLOY = selecting('Image|endswith: /deploytool');

describe('custom rules in a running service', () => {
  test('are in the audit log when they change, and only then', async () => {
    const node = await started();
    const changes = async () =>
      (await node.call('audit.list', { type: 'rules.changed', limit: 10 })).map(({ details }) => details);
    await rated(node, 'deploytool prod');
    expect(await changes()).toEqual([]);
    put(node, 'deploy.yml', DEPLOY);
    await until(
      () => lines(node),
      (rules) => rules.length === 1,
    );
    await rated(node, 'deploytool prod');
    const added = { digest: expect.stringMatching(/^[0-9a-f]{64}$/), files: 1, inForce: 1, setAside: 0 };
    expect(await changes()).toEqual([added]);
    // Written again with the same content.
    put(node, 'deploy.yml', DEPLOY);
    rmSync(join(rulesOf(node), 'deploy.yml'));
    await until(
      () => lines(node),
      (rules) => rules.length === 0,
    );
    await rated(node, 'deploytool prod');
    expect((await changes()).slice().sort((a, b) => Number(b['files']) - Number(a['files']))).toEqual([
      added,
      { digest: 'none', files: 0, inForce: 0, setAside: 0 },
    ]);
  });

  test('are taken up, changed and dropped without a restart', async () => {
    const node = await started();
    expect(await rated(node, 'deploytool prod')).toMatchObject({ risk: 'safe', rules: [] });
    expect((await node.call('service.status', {})).rules).toEqual({ inForce: 0, setAside: 0, trouble: null });

    put(node, 'deploy.yml', DEPLOY);
    await until(
      () => lines(node),
      (rules) => rules.length === 1,
    );
    expect(await rated(node, 'sudo deploytool prod')).toMatchObject({ risk: 'high', rules: ['organisation.deploy'] });

    put(node, 'deploy.yml', DEPLOY.replace('level: high', 'level: critical'));
    await until(
      () => lines(node),
      ([rule]) => rule?.level === 'critical',
    );
    expect(await rated(node, 'deploytool prod')).toMatchObject({ risk: 'critical' });

    rmSync(join(rulesOf(node), 'deploy.yml'));
    await until(
      () => lines(node),
      (rules) => rules.length === 0,
    );
    expect(await rated(node, 'deploytool prod')).toMatchObject({ risk: 'safe', rules: [] });
  });

  test('apply to a long command too, which is rated in a thread', async () => {
    const node = await started();
    put(node, 'deploy.yml', DEPLOY);
    await until(
      () => lines(node),
      (rules) => rules.length === 1,
    );
    expect(await rated(node, `deploytool ${'x'.repeat(8_192)}`)).toMatchObject({
      rules: expect.arrayContaining(['organisation.deploy']),
    });
  });

  test('that are broken are set aside with the reason, and observation goes on with the others', async () => {
    const node = await started();
    put(node, 'deploy.yml', DEPLOY);
    put(node, 'torn.yml', DEPLOY.slice(0, 40));
    put(node, 'bomb.yml', 'a: &a [x]\nb: &b [*a,*a]\n'.repeat(1) + '['.repeat(4_000));
    put(node, 'parent.yml', selecting('ParentImage: /x'));
    put(node, 'open.yml', DEPLOY, 0o666);
    put(node, 'evil.yml', sigma("a:\n    CommandLine|re: '((a{1,100}){1,100}){1,100}'\ncondition: a"));
    const rules = await until(
      () => lines(node),
      (found) => found.length === 6,
    );
    expect(rules.filter(({ state }) => state === 'in-force').map(({ file }) => file)).toEqual(['deploy.yml']);
    for (const { state, reason } of rules) expect(state === 'in-force' || (reason ?? '').length > 10).toBe(true);
    expect(await rated(node, 'deploytool prod')).toMatchObject({ risk: 'high' });

    expect((await node.call('service.status', {})).rules).toEqual({ inForce: 1, setAside: 5, trouble: null });
    expect((await caro(node.home, 'status')).stdout).toMatch(/custom rules +1 in force, 5 set aside: caro rules list/);
    const doctor = await caro(node.home, 'doctor');
    expect(doctor.stdout).toMatch(/bad +custom rules +1 can be used, 5 set aside/);
    expect((await node.call('observe.status', {})).setAside).toBe(0);
  });

  test('survive kill -9 while they are written and read: each start has whole rules', async () => {
    const node = await started();
    await rated(node, 'true');
    for (let turn = 0; turn < 4; turn += 1) {
      const adding = caro(node.home, 'rules', 'add', '--replace', source(node, `deploy-${turn}.yml`));
      put(node, 'other.yml', DEPLOY.replace('/deploytool', `/tool${turn}`));
      const observing = node.observe([{ text: `tool${turn} x`, atMs: Date.now() }]).catch(() => undefined);
      await node.kill();
      await Promise.all([adding, observing.catch(() => undefined)]).catch(() => undefined);
      await node.start();
      expect(await rated(node, `tool${turn} y`)).toMatchObject({ rules: ['organisation.other'] });
    }
    expect((await lines(node)).every(({ state }) => state === 'in-force')).toBe(true);
    expect(
      readdirSync(rulesOf(node))
        .filter((name) => name.endsWith('.yml'))
        .sort(),
    ).toEqual([...['deploy-0.yml', 'deploy-1.yml', 'deploy-2.yml', 'deploy-3.yml', 'other.yml']]);
  }, 120_000);

  test('are replayed over the history beside the service', async () => {
    const node = await started();
    await node.observe(['deploytool a', 'ls', 'sudo deploytool b'].map((text) => ({ text, atMs: Date.now() })));
    const [result] = await caroJson<{ replay: unknown }>(
      node.home,
      'rules',
      'test',
      source(node, 'deploy.yml'),
      '--replay',
      '1d',
    );
    expect(result?.replay).toMatchObject({
      commands: 3,
      matches: 2,
      changes: [{ from: 'safe', to: 'high', count: 2 }],
    });
  });
});

function source(node: MeshNode, name: string): string {
  const path = join(node.home, name);
  writeFileSync(path, DEPLOY);
  appendFileSync(path, '# a copy\n');
  return path;
}

describe('towards peers', () => {
  test('custom rules count in one family without names: in summaries, answers, previews and all that left', async () => {
    const a = await makeNode(folder(), 'node-a');
    const b = await makeNode(folder(), 'node-b');
    open.push(a, b);
    a.configure({ trust: { [b.id]: 'peer' }, dials: [b] });
    b.configure({ trust: { [a.id]: 'peer' } });
    put(
      a,
      'canary-name.yml',
      DEPLOY.replace('A test rule', 'Canary title').replace(
        'level: high',
        'level: high\ntags: [attack.t9999]\nadvice: canary advice',
      ),
    );
    await startAll([a, b]);
    await connected(a, [b]);
    await a.observe(inLast('hourly', ['deploytool prod', 'deploytool prod', 'git status']));
    expect((await lastEvents(a)).flatMap(({ rules }) => rules)).toEqual([
      'organisation.canary-name',
      'organisation.canary-name',
    ]);

    const preview = await a.call('summary.preview', { period: 'hourly' });
    await b.audited('summary.received');
    const summary = contentOf(preview.document) as { safety: { families: unknown; techniques: unknown } };
    expect(summary.safety.families).toEqual([{ name: 'organisation', count: 2 }]);
    expect(summary.safety.techniques).toEqual([]);
    const { targets } = await b.call('mesh.query', { type: 'safety-posture', timeoutMs: 5_000 });
    expect(targets[0]?.summary?.safety?.families).toEqual([{ name: 'organisation', count: 2 }]);
    const vectors = await a.call('aggregates.preview', {});

    const sent = await Promise.all((await a.call('egress.list', {})).map(({ seq }) => a.call('egress.show', { seq })));
    expect(sent.length).toBeGreaterThan(0);
    const decoded = sent.map(({ bytes }) =>
      Buffer.from((JSON.parse(bytes) as { payload?: string }).payload ?? '', 'base64').toString(),
    );
    for (const text of [
      JSON.stringify(sent),
      decoded.join('\n'),
      JSON.stringify(summary),
      JSON.stringify(vectors),
      JSON.stringify(targets),
    ])
      expect(text).not.toMatch(/canary|T9999|deploytool/i);
    expect(decoded.join('\n')).toContain('organisation');
  });
});

const lastEvents = (node: MeshNode): Promise<readonly TerminalEvent[]> => node.call('events.list', { limit: 10 });
