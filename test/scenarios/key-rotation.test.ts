/** A node changes its key (FR-104): real services, with a grace of seconds instead of a day. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { QueryResult } from '../../src/domain/answers/query.ts';
import type { AuditRecord, AuditVerification } from '../../src/domain/audit/audit-record.ts';
import type { EgressLine } from '../../src/domain/audit/egress.ts';
import type { KeyChange } from '../../src/domain/identity/key-state.ts';
import type { MeshStatus, RotationBegun, ServiceStatus } from '../../src/domain/status/status.ts';
import type { SummaryLine } from '../../src/domain/summaries/summary.ts';
import { intrude } from '../mesh/hostile.ts';
import { makeTls } from '../mesh/rig.ts';
import { connected, inLast, type MeshNode, makeNode, startAll } from '../rig/mesh-nodes.ts';
import { caro, caroJson } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];
const PATIENCE_MS = 25_000;

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

/**
 * `--key-grace` of a service: how long its peers' owners have to object, and how long it goes on
 * with its own old key.
 */
const grace = (ms: number): readonly string[] => ['--key-grace', String(ms)];
const LONG = 600_000;

async function make(name: string): Promise<MeshNode> {
  const node = await makeNode(folder(), name);
  open.push(node);
  return node;
}

/** `watchers` trust `node` as a peer and dial it; it trusts them and dials nobody. */
async function makeStar(...names: readonly string[]): Promise<readonly [MeshNode, ...MeshNode[]]> {
  const node = await make('ana');
  const watchers = await Promise.all(names.map(make));
  node.configure({ trust: Object.fromEntries(watchers.map(({ id }) => [id, 'peer'])) });
  for (const watcher of watchers) watcher.configure({ trust: { [node.id]: 'peer' }, dials: [node] });
  return [node, ...watchers];
}

async function rotate(node: MeshNode, ...options: readonly string[]): Promise<RotationBegun> {
  const [begun] = await caroJson<RotationBegun>(node.home, 'identity', 'rotate', '--yes', ...options);
  if (!begun) throw new Error('expected the rotation');
  return begun;
}

const statusOf = async (node: MeshNode): Promise<ServiceStatus> => node.call('service.status', {});
const keysOf = async (node: MeshNode): Promise<readonly KeyChange[]> => node.call('trust.keys', {});

const lives = (node: MeshNode, id: string): Promise<ServiceStatus> =>
  until(
    () => statusOf(node),
    (status) => status.node.id === id,
    PATIENCE_MS,
  );

/** Waits until `watcher` holds the key to be in this state. */
const holds = (watcher: MeshNode, id: string, state: KeyChange['state']): Promise<readonly KeyChange[]> =>
  until(
    () => keysOf(watcher),
    (changes) => changes.some((change) => change.new === id && change.state === state),
    PATIENCE_MS,
  );

type PeerRow = MeshStatus['peers'][number];
/** Waits until the entry of `peer` in the list of `watcher` is in this state. */
const stands = async (watcher: MeshNode, peer: MeshNode, state: PeerRow['state']): Promise<void> => {
  await until(
    () => watcher.call('mesh.status', {}),
    ({ peers }) => peers.some((row) => row.id === peer.id && row.state === state),
    PATIENCE_MS,
  );
};

/** Waits until a connection with exactly this key is on record. */
const connectedWith = (watcher: MeshNode, id: string): Promise<readonly AuditRecord[]> =>
  until(
    () => watcher.audit('peer.connected'),
    (records) => records.some(({ peer }) => peer === id),
    PATIENCE_MS,
  );

const refusedFor = (watcher: MeshNode, id: string, code: string): Promise<readonly AuditRecord[]> =>
  until(
    () => watcher.audit('peer.refused'),
    (records) => records.some(({ peer, details }) => peer === id && details['code'] === code),
    PATIENCE_MS,
  );

/** Somebody who has the node's former key tries to connect. */
async function tryOldKey(victim: MeshNode, node: MeshNode): Promise<void> {
  const { id, endpoint: address } = victim;
  await expect(intrude({ id, address }, node.identity, await makeTls(node.identity))).rejects.toThrow();
}

const askAll = (node: MeshNode): Promise<QueryResult> =>
  node.call('mesh.query', { type: 'node-health', timeoutMs: 5_000 });

async function verified(node: MeshNode, ...options: readonly string[]): Promise<AuditVerification> {
  const [verification] = await caroJson<AuditVerification>(node.home, 'audit', 'verify', ...options);
  if (!verification) throw new Error('expected a verification');
  return verification;
}

test('a peer that is connected hears of the new key at once, and trusts it when its grace is over', async () => {
  const [ana, ben] = await makeStar('ben');
  if (!ben) throw new Error('expected two nodes');
  await Promise.all([ana.start([], grace(4_000)), ben.start([], grace(4_000))]);
  await connected(ben, [ana]);

  const begun = await rotate(ana);
  expect(begun).toMatchObject({ from: ana.id, compromised: false, told: [ben.id] });
  expect(await ben.audited('key.rotated')).toMatchObject([
    { peer: ana.id, details: { outcome: 'new', from: ana.id, to: begun.to } },
  ]);
  expect(await keysOf(ben)).toMatchObject([{ new: begun.to, newFingerprint: begun.fingerprint, confirmed: false }]);

  expect((await lives(ana, begun.to)).node.rotation).toBeUndefined();
  await connectedWith(ben, begun.to);
  await stands(ben, ana, 'connected');
  expect(await ben.audited('key.succeeded')).toMatchObject([
    { peer: begun.to, details: { from: ana.id, by: 'grace' } },
  ]);
  expect((await askAll(ben)).targets).toMatchObject([{ id: ana.id, state: 'answered' }]);
  expect((await ben.call('policy.explain', { id: ana.id, action: 'connect' })).decision).toMatchObject({
    allow: false,
    rule: 'key.retired',
  });
  expect((await ben.call('policy.explain', { id: begun.to, action: 'query' })).decision).toMatchObject({ allow: true });

  // What left for ana stays hers, under the name that she has here, whichever key it was sent to.
  for (const peer of ['ana', ana.id, begun.to]) {
    const lines = await caroJson<EgressLine>(ben.home, 'egress', 'list', '--peer', peer);
    expect(new Set(lines.map(({ recipient }) => recipient))).toEqual(new Set([ana.id, begun.to]));
  }
  const { stdout } = await caro(ben.home, 'egress', 'list');
  expect(stdout).not.toContain('caro:ed25519:');

  await tryOldKey(ben, ana);
  await refusedFor(ben, ana.id, 'key_retired');
  expect(existsSync(join(ana.home, 'data', 'identity.next.key'))).toBe(false);
});

test('a peer that was away hears of it in the hello, although the service was killed in between', async () => {
  const [ana, ben] = await makeStar('ben');
  if (!ben) throw new Error('expected two nodes');
  await ana.start([], grace(LONG));
  const begun = await rotate(ana);
  expect(begun.told).toEqual([]);
  await ana.kill();
  rmSync(join(ana.home, 'data', 'caro.db'));
  await startAll([ana, ben]);
  await connected(ben, [ana]);
  await holds(ben, begun.to, 'pending');
  expect((await statusOf(ana)).node).toMatchObject({ id: ana.id, rotation: { to: begun.to, compromised: false } });
  expect(await caro(ana.home, 'identity', 'rotate', '--yes')).toMatchObject({ code: 1 });
});

test('a grace that ends while both are off has ended when they are back', async () => {
  const [ana, ben] = await makeStar('ben');
  if (!ben) throw new Error('expected two nodes');
  await Promise.all([ana.start([], grace(LONG)), ben.start([], grace(LONG))]);
  await connected(ben, [ana]);
  const begun = await rotate(ana);
  await holds(ben, begun.to, 'pending');
  await Promise.all([ana.stop(), ben.stop()]);

  await Promise.all([ana.start([], grace(1)), ben.start([], grace(1))]);
  expect((await statusOf(ana)).node.id).toBe(begun.to);
  await connectedWith(ben, begun.to);
  expect(await ben.audit('key.succeeded')).toMatchObject([{ details: { from: ana.id, by: 'grace' } }]);
  expect(await ana.audit('rotation.completed')).toMatchObject([{ details: { from: ana.id, to: begun.to } }]);
});

test('an owner who confirms trusts the new key sooner; one who does not refuses it and is told what to do', async () => {
  const [ana, ben, cleo] = await makeStar('ben', 'cleo');
  if (!ben || !cleo) throw new Error('expected three nodes');
  await Promise.all([ana.start([], grace(5_000)), ben.start([], grace(LONG)), cleo.start([], grace(LONG))]);
  await connected(ana, [ben, cleo]);
  const begun = await rotate(ana);
  for (const watcher of [ben, cleo]) await holds(watcher, begun.to, 'pending');

  const confirmed = await caro(ben.home, 'trust', 'confirm', 'ana', '--yes');
  expect(confirmed.stdout).toContain(begun.fingerprint);
  expect(confirmed.code).toBe(0);
  // The old key serves until the new one does.
  expect(await ben.isConnected(ana.id)).toBe(true);
  expect(await ben.audited('key.succeeded')).toMatchObject([{ details: { by: 'owner' } }]);

  await lives(ana, begun.to);
  await connectedWith(ben, begun.to);
  await tryOldKey(ben, ana);
  await refusedFor(ben, ana.id, 'key_retired');

  await stands(cleo, ana, 'refused');
  await refusedFor(cleo, begun.to, 'key_changed');
  const list = await caro(cleo.home, 'peers', 'list');
  expect(list.stdout).toContain('caro trust confirm');
  expect((await caro(cleo.home, 'trust', 'confirm', begun.to, '--yes')).code).toBe(0);
  await connectedWith(cleo, begun.to);
});

test('somebody who has the old key and endorses himself is found out; the owner chooses', async () => {
  const [ana, ben] = await makeStar('ben');
  if (!ben) throw new Error('expected two nodes');
  await Promise.all([ana.start([], grace(LONG)), ben.start([], grace(LONG))]);
  await connected(ben, [ana]);
  const begun = await rotate(ana);
  await holds(ben, begun.to, 'pending');

  // The thief has a copy of the data directory's key, and rotates it as its owner would.
  await ana.stop();
  const stolen = await make('stolen');
  rmSync(join(stolen.home, 'data', 'identity.key'));
  writeKey(stolen, readKey(ana));
  stolen.configure({ trust: { [ben.id]: 'peer' }, dials: [ben] });
  await stolen.start([], grace(LONG));
  await connectedWith(stolen, ben.id);
  const forged = await rotate(stolen);
  await holds(ben, begun.to, 'suspended');
  await holds(ben, forged.to, 'suspended');
  await until(
    () => ben.isConnected(ana.id),
    (is) => !is,
  );
  await refusedFor(ben, ana.id, 'key_suspended');
  const doctor = await caro(ben.home, 'doctor');
  expect(doctor.stdout).toContain('both claim to follow');
  expect((await caro(ben.home, 'trust', 'confirm', 'ana', '--yes')).code).toBe(2);
  const explained = await ben.call('policy.explain', { id: forged.to, action: 'connect' });
  expect(explained.decision).toMatchObject({ allow: false, rule: 'key.suspended' });

  expect((await caro(ben.home, 'trust', 'set', begun.to, 'peer')).code).toBe(0);
  await stolen.stop();
  await ana.start([], grace(1));
  await connectedWith(ben, begun.to);
  await holds(ben, forged.to, 'suspended');
});

test('a revocation covers the keys before and after, also when all that is known of keys is lost', async () => {
  const [ana, ben] = await makeStar('ben');
  if (!ben) throw new Error('expected two nodes');
  await Promise.all([ana.start([], grace(2_000)), ben.start([], grace(2_000))]);
  await connected(ben, [ana]);
  const begun = await rotate(ana);
  await connectedWith(ben, begun.to);

  // Of the new key; the old one must not come back to its level when nothing tells any more that it
  // is retired.
  const revoked = await caro(ben.home, 'trust', 'revoke', begun.to);
  expect(revoked).toMatchObject({ code: 0, stderr: '' });
  await stands(ben, ana, 'refused');
  await until(
    () => ana.audit('peer.disconnected'),
    (records) => records.some(({ details }) => details['code'] === 'peer_untrusted'),
  );
  expect(await ana.isConnected(ben.id)).toBe(false);

  await ben.kill();
  for (const file of ['caro.db', 'peer-keys.json']) rmSync(join(ben.home, 'data', file));
  await ben.start();
  for (const id of [ana.id, begun.to])
    expect((await ben.call('policy.explain', { id, action: 'connect' })).decision.rule).toBe('trust.deny.nodes');
});

test('a key that somebody else may have is revoked and changed at once; peers wait for their owners', async () => {
  const [ana, ben, cleo] = await makeStar('ben', 'cleo');
  if (!ben || !cleo) throw new Error('expected three nodes');
  await Promise.all([ana.start([], grace(LONG)), ben.start([], grace(1_000))]);
  await connected(ben, [ana]);
  const begun = await rotate(ana, '--compromised');
  expect(begun).toMatchObject({ compromised: true, told: [ben.id] });
  expect((await statusOf(ana)).node.id).toBe(begun.to);
  expect(await ben.audited('key.revoked')).toMatchObject([{ peer: ana.id, details: { key: ana.id } }]);
  await holds(ben, begun.to, 'revoked');
  await tryOldKey(ben, ana);
  await refusedFor(ben, ana.id, 'key_revoked');

  // Who was away learns both from the key that answers now, and waits for its owner, too.
  await cleo.start([], grace(1_000));
  await holds(cleo, begun.to, 'revoked');
  await tryOldKey(cleo, ana);
  await refusedFor(cleo, ana.id, 'key_revoked');

  expect((await caro(ben.home, 'trust', 'confirm', begun.to, '--yes')).code).toBe(0);
  await connectedWith(ben, begun.to);
  expect(await cleo.audit('peer.connected')).toEqual([]);
});

test('the audit log verifies across the change, with either key and from an export, and with no other', async () => {
  const [ana] = await makeStar();
  const stranger = await make('stranger');
  await ana.start([], grace(LONG));
  const begun = await rotate(ana, '--compromised');
  await ana.stop();
  await ana.start();
  await ana.call('audit.verify', {});
  const file = join(folder(), 'log.jsonl');
  expect((await caro(ana.home, 'audit', 'export', '--out', file)).code).toBe(0);
  for (const options of [[], ['--id', ana.id], ['--file', file], ['--file', file, '--id', ana.id]])
    expect(await verified(ana, ...options)).toMatchObject({ ok: true, firstBad: null });
  expect((await verified(stranger, '--file', file, '--id', begun.to)).checkpoints).toBeGreaterThan(1);
  expect((await caro(ana.home, 'audit', 'verify', '--id', stranger.id)).code).toBe(1);
  expect((await caro(ana.home, 'audit', 'verify', '--file', file, '--id', stranger.id)).code).toBe(1);
  expect((await ana.audit('rotation.completed')).length).toBe(1);
});

test('summaries go on as those of one node: what was made before is delivered after, once', async () => {
  const [ana, ben] = await makeStar('ben');
  if (!ben) throw new Error('expected two nodes');
  await Promise.all([ana.start([], grace(LONG)), ben.start([], grace(LONG))]);
  await connected(ben, [ana]);
  await ben.kill();
  await ana.observe(inLast('hourly', ['git status', 'git push']));
  await ana.call('summary.preview', { period: 'hourly' });
  const [made] = await ana.audited('summary.made');
  const begun = await rotate(ana, '--compromised');
  await ana.call('summary.preview', { period: 'hourly' });

  await ben.start([], grace(LONG));
  await holds(ben, begun.to, 'revoked');
  await ben.call('trust.confirm', { id: begun.to });
  await ben.audited('summary.received');
  const received = await caroJson<SummaryLine>(ben.home, 'summary', 'list', '--from', 'ana');
  expect(received).toMatchObject([{ id: made?.details['id'], node: ana.id }]);
  expect(await ana.audit('summary.made')).toHaveLength(1);
  const own = await caroJson<SummaryLine>(ana.home, 'summary', 'list');
  expect(own.map(({ id }) => id)).toEqual([made?.details['id']]);
});

const readKey = ({ home }: MeshNode): string => readFileSync(join(home, 'data', 'identity.key'), 'utf8');

function writeKey({ home }: MeshNode, pem: string): void {
  writeFileSync(join(home, 'data', 'identity.key'), pem, { mode: 0o600 });
}
