import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { AuditVerification } from '../../../src/domain/audit/audit-record.ts';
import type { WitnessStatus } from '../../../src/domain/audit/tlog.ts';
import { decodeNote, encodeNote } from '../../../src/identity/signed-note.ts';
import { cosign, cosignatureLine } from '../../../src/identity/tlog-checkpoint.ts';
import { faultsBelow, requireShim } from '../../faults/rig/shim.ts';
import { connected, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { caro } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

/** Ada, whose log Ben and Cyd are asked to cosign; only Ben is willing. */
async function trio() {
  const [ada, ben, cyd] = [
    await makeNode(folder(), 'ada'),
    await makeNode(folder(), 'ben'),
    await makeNode(folder(), 'cyd'),
  ];
  open.push(ada, ben, cyd);
  ada.configure({ trust: { [ben.id]: 'peer', [cyd.id]: 'peer' }, dials: [ben, cyd], witnesses: [ben.id, cyd.id] });
  ben.configure({ trust: { [ada.id]: 'peer' }, witness: true });
  cyd.configure({ trust: { [ada.id]: 'peer' } });
  return { ada, ben, cyd };
}

/** Ada and Ben alone; Cyd is known to nobody. */
async function duo() {
  const nodes = await trio();
  const { ada, ben } = nodes;
  ada.configure({ trust: { [ben.id]: 'peer' }, dials: [ben], witnesses: [ben.id] });
  return nodes;
}

async function connectedDuo() {
  const nodes = await duo();
  await startAll([nodes.ada, nodes.ben]);
  await connected(nodes.ada, [nodes.ben]);
  return nodes;
}

const ask = (node: MeshNode): Promise<WitnessStatus> => node.call('witness.ask', {});
const status = (node: MeshNode): Promise<WitnessStatus> => node.call('witness.status', {});
/** Puts records into the log of a node. */
const grow = async (node: MeshNode, count: number): Promise<void> => {
  for (let done = 0; done < count; done += 1) await node.call('mesh.query', { type: 'node-health', timeoutMs: 5_000 });
};
const verified = async (node: MeshNode, ...args: readonly string[]) => {
  const { code, stdout } = await caro(node.home, 'audit', 'verify', '--json', ...args);
  return {
    code,
    ...(JSON.parse(stdout) as AuditVerification & { tree?: { size: number; cosigned: { witness: string }[] } }),
  };
};

/** The files that hold the log and its newest head, as an attacker would copy them. */
const FILES = ['caro.db', 'audit-head.json'];
const copies = (node: MeshNode, to: 'out' | 'in', place: string): void => {
  const data = join(node.home, 'data');
  if (to === 'in') for (const name of readdirSync(data)) if (name.startsWith('caro.db')) rmSync(join(data, name));
  for (const name of FILES) {
    const [from, into] = to === 'out' ? [join(data, name), join(place, name)] : [join(place, name), join(data, name)];
    copyFileSync(from, into);
  }
};

test('a willing peer cosigns the log, an unwilling one does not, and verify checks the cosignature', async () => {
  const { ada, ben, cyd } = await trio();
  await startAll([ada, ben, cyd]);
  await connected(ada, [ben, cyd]);
  const { witnesses, size } = await ask(ada);
  expect(witnesses).toMatchObject([
    { node: ben.id, size, last: 'cosigned' },
    { node: cyd.id, size: null, last: 'unwilling' },
  ]);
  expect((await status(ben)).logs).toMatchObject([{ node: ada.id, log: 'audit', size, fault: null }]);
  expect((await status(cyd)).logs).toEqual([]);

  await grow(ada, 3);
  const later = await ask(ada);
  expect(later.size).toBeGreaterThan(size ?? 0);
  expect(later.witnesses[0]).toMatchObject({ size: later.size, last: 'cosigned' });

  const check = await verified(ada);
  expect(check).toMatchObject({ code: 0, ok: true, tree: { cosigned: [{ witness: ben.id, size: later.size }] } });
  expect((await caro(ada.home, 'audit', 'verify')).stdout).toContain(`by ${ben.id}`);
  expect((await caro(ada.home, 'audit', 'witness')).stdout).toContain('cosigned');
  // Nothing went to Cyd but heads, and Cyd said that it is unwilling.
  const sent = await ada.call('egress.list', { peer: cyd.id, limit: 100 });
  expect(sent.filter(({ type }) => type === 'checkpoint').length).toBeGreaterThan(0);
  expect(sent.every(({ type, level }) => type !== 'checkpoint' || level === null)).toBe(true);
}, 60_000);

test('an exported log is checked on the node of the witness, and a forged one is refused', async () => {
  const { ada, ben, cyd } = await connectedDuo();
  await grow(ada, 5);
  await ask(ada);
  await ada.stop();
  const place = join(folder(), 'log');
  expect((await caro(ada.home, 'audit', 'export', '--format', 'tlog', '--out', place)).code).toBe(0);
  expect((await caro(ada.home, 'audit', 'export', '--format', 'tlog', '--out', place)).stderr).toContain('holds a log');
  expect((await caro(ada.home, 'audit', 'export', '--format', 'tlog')).stderr).toContain('expected --out DIRECTORY');
  const check = await verified(ben, '--file', place, '--id', ada.id);
  expect(check).toMatchObject({ code: 0, ok: true, firstBad: null });
  expect((await verified(ben, '--file', place, '--id', cyd.id)).firstBad?.reason).toContain('not signed by the key');

  const entries = readdirSync(join(place, 'tile', 'entries'), { recursive: true, withFileTypes: true }).find((entry) =>
    entry.isFile(),
  );
  const file = join(entries?.parentPath ?? '', entries?.name ?? '');
  const bytes = readFileSync(file);
  writeFileSync(file, Buffer.from(bytes.toString('latin1').replace('service.started', 'service.stopped'), 'latin1'));
  expect((await verified(ben, '--file', place, '--id', ada.id)).firstBad?.reason).toContain(
    'does not match the Merkle tree',
  );
  writeFileSync(file, bytes);
  const note = readFileSync(join(place, 'checkpoint'), 'utf8');
  const { text, signatures } = decodeNote(note);
  const times = [1_800_000_000, 1_800_000_001];
  const lines = times.map((time) => cosignatureLine(ben.identity.publicKey, cosign(text, time, ben.identity)));
  writeFileSync(join(place, 'checkpoint'), encodeNote({ text, signatures: [...signatures, ...lines] }));
  expect((await verified(ben, '--file', place, '--id', ada.id)).tree?.cosigned).toHaveLength(1);
  writeFileSync(join(place, 'checkpoint'), note.replace(/\n\d+\n/, '\n1\n'));
  expect((await verified(ben, '--file', place, '--id', ada.id)).ok).toBe(false);
}, 60_000);

test('a log that was cut off is found by the witness, and stays refused until its owner forgets it', async () => {
  const { ada, ben } = await connectedDuo();
  await ada.stop();
  const place = folder();
  copies(ada, 'out', place);
  await ada.start();
  await connected(ada, [ben]);
  await grow(ada, 15);
  const { size: before } = await ask(ada);
  await ada.stop();
  // The database and the head beside it are put back: on this node itself nothing is missing.
  copies(ada, 'in', place);
  await ada.start();
  await connected(ada, [ben]);
  expect(await verified(ada)).toMatchObject({ ok: true });
  const [record] = await ben.audited('log.truncated');
  expect(record).toMatchObject({ peer: ada.id, details: { log: 'audit', known: before } });
  const asked = await ask(ada);
  expect(asked.witnesses[0]?.last).toBe('truncated');
  expect(await ada.audited('log.disputed')).toMatchObject([{ peer: ben.id, details: { result: 'truncated' } }]);
  const { code, stdout } = await caro(ben.home, 'audit', 'witness');
  expect([code, stdout]).toEqual([1, expect.stringContaining('TRUNCATED')]);
  expect((await caro(ada.home, 'audit', 'witness')).code).toBe(1);

  // It grows past the old size: still refused, also after the witness was killed.
  await grow(ada, 20);
  await ben.kill();
  await ben.start();
  await connected(ada, [ben]);
  expect((await ask(ada)).witnesses[0]?.last).toBe('inconsistent');
  expect((await caro(ben.home, 'audit', 'witness', 'forget', ada.id)).code).toBe(0);
  expect((await ask(ada)).witnesses[0]?.last).toBe('cosigned');
  expect((await status(ben)).logs).toMatchObject([{ fault: null }]);
  expect(await ben.audited('log.forgotten')).toMatchObject([{ peer: ada.id }]);
}, 90_000);

test('a second history that is longer than the first is found by the witness', async () => {
  const { ada, ben } = await connectedDuo();
  await ada.stop();
  const place = folder();
  copies(ada, 'out', place);
  await ada.start();
  await connected(ada, [ben]);
  const { size: before } = await ask(ada);
  await ada.stop();
  copies(ada, 'in', place);
  // Without its witness the node writes another history, which becomes the longer one.
  await ben.kill();
  await ada.start();
  await grow(ada, 15);
  await ben.start();
  await connected(ada, [ben]);
  expect((await ask(ada)).witnesses[0]?.last).toBe('inconsistent');
  const [record] = await ben.audited('log.forked');
  expect(record).toMatchObject({ peer: ada.id, details: { log: 'audit', known: before } });
  expect((await caro(ben.home, 'audit', 'witness')).stdout).toContain('FORKED');
  // The export of the second history does not fit what the witness has cosigned either.
  await ada.stop();
  const exported = join(folder(), 'log');
  await caro(ada.home, 'audit', 'export', '--format', 'tlog', '--out', exported);
  expect((await verified(ben, '--file', exported, '--id', ada.id)).firstBad?.reason).toContain('another history');
}, 90_000);

test('both nodes are killed at any moment: heads go on where they were, and none is a fault', async () => {
  const { ada, ben } = await connectedDuo();
  for (const victim of [ada, ben, ada]) {
    await grow(ada, 2);
    const asking = ask(ada).catch(() => null);
    await victim.kill();
    await asking;
    await victim.start();
    await connected(ada, [ben]);
  }
  const { witnesses, size } = await ask(ada);
  expect(witnesses[0]).toMatchObject({ size, last: 'cosigned' });
  expect((await status(ben)).logs).toMatchObject([{ size, fault: null }]);
  expect(await ben.audit('log.forked')).toEqual([]);
  expect(await ben.audit('log.truncated')).toEqual([]);
  expect(await verified(ada)).toMatchObject({ ok: true });
}, 90_000);

test('a changed tree, head or cosignature in the database is found by verify', async () => {
  const { ada } = await connectedDuo();
  await ask(ada);
  await ada.stop();
  const place = folder();
  copies(ada, 'out', place);
  const { Sqlite } = await import('../../../src/storage/sqlite.ts');
  const forge = async (trigger: string, sql: string): Promise<string | undefined> => {
    copies(ada, 'in', place);
    const database = new Sqlite(join(ada.home, 'data', 'caro.db'));
    database.exec(`DROP TRIGGER ${trigger}; ${sql}`);
    database.close();
    return (await verified(ada)).firstBad?.reason;
  };
  expect(
    await forge('audit_tile_grows', 'UPDATE audit_tile SET hashes = zeroblob(length(hashes)) WHERE level = 0'),
  ).toContain('Merkle tree');
  expect(
    await forge(
      'audit_head_no_update',
      'UPDATE audit_head SET root = (SELECT root FROM audit_head ORDER BY size LIMIT 1)',
    ),
  ).toContain('tree head is wrong');
  expect(await forge('audit_cosignature_no_update', 'UPDATE audit_cosignature SET time = time + 1')).toContain(
    'cosignature of a witness is wrong',
  );
  copies(ada, 'in', place);
  expect((await verified(ada)).ok).toBe(true);
  expect(existsSync(join(ada.home, 'data', 'caro.db'))).toBe(true);
}, 60_000);

requireShim()('a node whose clock is set back', () => {
  test('has its log cosigned as before', async () => {
    const { ada, ben } = await duo();
    const faults = faultsBelow(ada.home);
    await ben.start();
    await ada.start(faults.prefix);
    await connected(ada, [ben]);
    const first = await ask(ada);
    faults.shiftClock(-60_000);
    await grow(ada, 2);
    const second = await ask(ada);
    expect(second.witnesses[0]).toMatchObject({ last: 'cosigned', size: second.size });
    expect(second.size).toBeGreaterThan(first.size ?? 0);
    expect(await verified(ada)).toMatchObject({ ok: true });
    expect(
      await until(
        () => status(ben),
        ({ logs }) => logs[0]?.size === second.size,
      ),
    ).toMatchObject({ logs: [{ fault: null }] });
    faults.close();
  }, 60_000);
});
