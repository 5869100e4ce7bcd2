/** The log is verified while the node works on. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type AuditPorts, createAuditor } from '../../src/actors/auditor.ts';
import { verifyChain } from '../../src/audit/chain.ts';
import { logProof } from '../../src/audit/log-proof.ts';
import { Bus } from '../../src/bus/bus.ts';
import { Supervised } from '../../src/bus/supervisor.ts';
import { openAuditLog } from '../../src/cli/offline-log.ts';
import type { AuditVerification } from '../../src/domain/audit/audit-record.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { createAuditStore } from '../../src/storage/audit/audit-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const DAY = 86_400_000;
const GOOD: AuditVerification = { ok: true, records: 1, checkpoints: 1, firstBad: null };

async function opened(verify: AuditPorts['verify']) {
  const home = folder();
  const file = join(home, 'caro.db');
  const { database } = openDatabase(file, 0);
  const identity = openIdentity(join(home, 'identity.key'));
  const clock = { now: 10 * DAY };
  const bus = new Bus();
  const create = () =>
    createAuditor(
      {
        store: createAuditStore(database),
        sign: identity.sign,
        tree: { seal: () => false, reaches: () => Number.MAX_SAFE_INTEGER },
        verify,
        keepHead: () => undefined,
        now: () => clock.now,
      },
      { retention: { audit_days: 7 } },
    );
  const auditor = new Supervised({ name: 'auditor', capacity: 64, policy: 'wait', create }, bus, {
    backoffMs: () => 1,
    maxCrashes: 1,
    windowMs: 1_000,
    startMs: 1_000,
    stopMs: 1_000,
    now: () => performance.now(),
    onCrash: () => undefined,
    onDegraded: () => undefined,
  });
  await auditor.start();
  return { bus, clock, file, identity };
}

describe('while the log is verified', () => {
  test('records are added, and do not wait for it', async () => {
    let end: (verification: AuditVerification) => void = () => undefined;
    const { bus } = await opened(() => new Promise((resolve) => (end = resolve)));
    const verification = bus.request('audit.verify', {});
    expect(await bus.request('audit.append', { type: 'service.started' })).toMatchObject({ seq: 1 });
    expect(await bus.request('audit.list', {})).toHaveLength(1);
    end(GOOD);
    expect(await verification).toEqual(GOOD);
  });

  test('concurrent requests share one verification', async () => {
    let reads = 0;
    let end: (verification: AuditVerification) => void = () => undefined;
    const { bus } = await opened(() => {
      reads += 1;
      return new Promise((resolve) => (end = resolve));
    });
    const asked = [1, 2, 3].map(() => bus.request('audit.verify', {}));
    await bus.request('audit.status', {});
    end(GOOD);
    expect(await Promise.all(asked)).toEqual([GOOD, GOOD, GOOD]);
    expect(reads).toBe(1);
    const again = bus.request('audit.verify', {});
    await bus.request('audit.status', {});
    end(GOOD);
    await again;
    expect(reads).toBe(2);
  });

  test('a failed verification does not affect the next', async () => {
    let reads = 0;
    const { bus } = await opened(() => {
      reads += 1;
      return reads === 1 ? Promise.reject(new Error('no thread')) : Promise.resolve(GOOD);
    });
    await expect(bus.request('audit.verify', {})).rejects.toThrow('no thread');
    expect(await bus.request('audit.verify', {})).toEqual(GOOD);
  });

  test('from outside, retention may remove a prefix of it: what is read is the log of one moment', async () => {
    const { bus, clock, file, identity } = await opened(() => Promise.resolve(GOOD));
    for (let record = 0; record < 5; record += 1) await bus.request('audit.append', { type: 'service.started' });
    const log = openAuditLog(file);
    const checkpoints = log.checkpoints();
    clock.now += 20 * DAY;
    await bus.request('audit.append', { type: 'service.started' });
    await bus.publish('clock.quarter', { nowMs: clock.now, retentionMs: clock.now });
    const left = await bus.request('audit.list', {});
    expect(left.map(({ type }) => type)).toEqual(['retention.applied', 'service.started']);
    expect(verifyChain(log.records(), checkpoints, logProof(identity.publicKey))).toMatchObject({
      ok: true,
      records: 5,
    });
    log.close();
  });
});
