import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type AuditPorts, createAuditor } from '../../src/actors/auditor.ts';
import { verifyChain } from '../../src/audit/chain.ts';
import { logProof } from '../../src/audit/log-proof.ts';
import { createOwnLog } from '../../src/audit/own-log.ts';
import type { AuditCheckpoint } from '../../src/domain/audit/audit-record.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { createAuditStore } from '../../src/storage/audit/audit-store.ts';
import { createTlogStore } from '../../src/storage/audit/tlog-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const DAY = 86_400_000;

function opened() {
  const home = folder();
  const { database } = openDatabase(join(home, 'caro.db'), 0);
  const identity = openIdentity(join(home, 'identity.key'));
  const store = createAuditStore(database);
  const heads: AuditCheckpoint[] = [];
  const clock = { now: 10 * DAY };
  const ports: AuditPorts = {
    store,
    sign: identity.sign,
    tree: createOwnLog({ store: createTlogStore(database), after: store.after, identity: () => identity }),
    verify: () => Promise.resolve(verifyChain(store.all(), store.checkpoints(), logProof(identity.publicKey))),
    keepHead: (checkpoint) => heads.push(checkpoint),
    now: () => clock.now,
  };
  return { database, store, heads, clock, actor: () => createAuditor(ports, { retention: { audit_days: 7 } }) };
}

describe('the audit log', () => {
  test('SQLite itself refuses to change or remove a record or a checkpoint (FR-904)', async () => {
    const { database, actor } = opened();
    const auditor = actor();
    await auditor.handlers['audit.append']({ type: 'service.started' });
    await auditor.stop?.();
    for (const sql of [
      "UPDATE audit SET type = 'x'",
      'DELETE FROM audit',
      'UPDATE audit_checkpoint SET pruned_through = 9',
      'DELETE FROM audit_checkpoint',
      "UPDATE audit_head SET root = ''",
      'DELETE FROM audit_head',
    ]) {
      expect(() => database.exec(sql)).toThrow('append-only');
    }
  });

  test('continues after a restart and verifies as a whole', async () => {
    const { actor, store } = opened();
    for (let run = 0; run < 3; run += 1) {
      const auditor = actor();
      await auditor.handlers['audit.append']({ type: 'service.started', details: { run } });
      await auditor.stop?.();
    }
    expect(await actor().handlers['audit.verify']({})).toEqual({
      ok: true,
      records: 3,
      checkpoints: 3,
      firstBad: null,
    });
    expect(store.list({ limit: 1 })[0]?.seq).toBe(3);
  });

  test('keeps the signed head outside the database', async () => {
    const { actor, heads } = opened();
    const auditor = actor();
    const record = await auditor.handlers['audit.append']({ type: 'service.started' });
    await auditor.handlers['clock.quarter']({ nowMs: 10 * DAY, retentionMs: 10 * DAY });
    expect(heads).toMatchObject([{ seq: 1, hash: record.hash }]);
  });

  test('retention removes a whole prefix, leaves a record of it, and the rest still verifies', async () => {
    const { actor, store, clock } = opened();
    const auditor = actor();
    for (let day = 10; day <= 20; day += 1) {
      clock.now = day * DAY;
      await auditor.handlers['audit.append']({ type: 'config.changed', details: { day } });
    }
    await auditor.handlers['clock.quarter']({ nowMs: clock.now, retentionMs: clock.now });
    expect(store.list({ limit: 100 }).at(-1)?.details).toEqual({ day: 13 });
    expect(store.head()).toMatchObject({ type: 'retention.applied', details: { auditThrough: 3 } });
    expect((await auditor.handlers['audit.verify']({})).ok).toBe(true);
    expect(await auditor.handlers['audit.status']({})).toEqual({ records: store.list({}).length, verified: true });
    expect((await actor().handlers['audit.verify']({})).ok).toBe(true);
  });
});
