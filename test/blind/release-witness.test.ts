/** The release log of a trustee before a colleague's node that cosigns it. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createCosigner } from '../../src/actors/log-witness/cosigner.ts';
import { createSubmitter, type OwnReleases } from '../../src/actors/log-witness/submitter.ts';
import { isHeadCosigned } from '../../src/audit/witness.ts';
import { signRelease } from '../../src/blind/release-log.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';
import type { CheckpointBody } from '../../src/domain/audit/tlog.ts';
import { NO_RELEASE, type ReleaseEntry } from '../../src/domain/blind/release.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { Envelope } from '../../src/domain/identity/signed-envelope.ts';
import { isoTime } from '../../src/domain/time/iso-time.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { createTlogStore } from '../../src/storage/audit/tlog-store.ts';
import { createWitnessStore } from '../../src/storage/audit/witness-store.ts';
import { createAggregatorStore, createRoleStore } from '../../src/storage/blind/aggregator-store.ts';
import { createReleaseCosignatureStore } from '../../src/storage/blind/release-cosignature-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { ownReleases } from '../../src/wiring/blind.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const TASK = Buffer.alloc(32, 7).toString('base64');
const NOW_MS = Date.parse('2026-11-24T01:00:00.000Z');

const entryOf = (seq: number, received: number): ReleaseEntry => ({
  type: 'caro.release',
  version: 1,
  task: TASK,
  seq,
  previous: NO_RELEASE,
  day: `2026-11-${String(seq + 1).padStart(2, '0')}`,
  time: '2026-11-24T01:00:00.000Z',
  received,
  invalid: 0,
  blocks: [],
  withheld: 'release_below_floor',
});

function rig() {
  const home = folder();
  const [trustee, colleague] = ['trustee', 'colleague'].map((name) => openIdentity(join(home, `${name}.key`)));
  if (!trustee || !colleague) throw new Error('expected two keys');
  /** The log of a trustee's database with these numbers of reports. */
  const logWith = (...received: readonly number[]): OwnReleases => {
    const { database } = openDatabase(join(folder(), 'caro.db'), NOW_MS);
    createRoleStore(database).add({ task: TASK, role: 'trustee', document: {} as Envelope }, NOW_MS);
    const store = createAggregatorStore(database);
    for (const [seq, count] of received.entries()) {
      const entry = entryOf(seq, count);
      store.follow(TASK, { seq, day: entry.day, entry: signRelease(entry, trustee) });
    }
    const [log] = ownReleases({ database, identity: trustee });
    database.close();
    if (!log) throw new Error('expected a log');
    return log;
  };
  const { database } = openDatabase(join(home, 'colleague.db'), NOW_MS);
  const records: AuditEntry[] = [];
  const cosigner = createCosigner({
    witnessed: createWitnessStore(database),
    sign: colleague.sign,
    audit: (entry) => Promise.resolve(records.push(entry)),
    now: () => NOW_MS,
  });
  const settings = {
    audit: { witness: true },
    mesh: { peers: [] },
    trust: { nodes: { [trustee.id]: 'peer' }, deny: { nodes: [] } },
  } as unknown as Configuration;
  const take = (checkpoint: CheckpointBody) =>
    cosigner.take(settings, { peer: trustee.id, node: trustee.id, checkpoint });
  const show = ({ log, head: { size, root, signature }, proof }: OwnReleases, old: number) =>
    take({ log, size, root, signature, old, proof: proof(old) });
  return { trustee, colleague, logWith, take, show, records, close: () => database.close() };
}

describe('a release log', () => {
  test('is cosigned by a colleague as it grows, under the name of its task', async () => {
    const { colleague, logWith, show, close } = rig();
    expect(await show(logWith(25, 24), 0)).toMatchObject({ result: 'cosigned', size: 2 });
    const grown = logWith(25, 24, 23, 22, 21);
    const { result, cosignature } = await show(grown, 2);
    expect(result).toBe('cosigned');
    expect(grown.log).toBe(`releases/${Buffer.from(TASK, 'base64').toString('base64url')}`);
    if (!cosignature) throw new Error('expected a cosignature');
    expect(isHeadCosigned({ ...grown.head, log: grown.log }, cosignature, colleague.id)).toBe(true);
    expect(isHeadCosigned({ ...grown.head, log: 'audit' }, cosignature, colleague.id)).toBe(false);
    close();
  });

  test('that was cut off is detected by the colleague, and never cosigned again', async () => {
    const { logWith, show, records, close } = rig();
    await show(logWith(25, 24, 23), 0);
    expect(await show(logWith(25, 24), 0)).toMatchObject({ result: 'inconsistent', size: 3, cosignature: null });
    expect(records.map(({ type }) => type)).toEqual(['log.truncated']);
    expect(await show(logWith(25, 24, 23, 22), 3)).toMatchObject({ result: 'inconsistent' });
    close();
  });

  test('with a second history is detected, at the same size and at a larger one', async () => {
    for (const other of [
      [25, 24, 99],
      [25, 99, 23, 22, 21],
    ]) {
      const { logWith, show, records, close } = rig();
      await show(logWith(25, 24, 23), 0);
      expect(await show(logWith(...other), 3)).toMatchObject({ result: 'inconsistent', cosignature: null });
      expect(records.map(({ type }) => type)).toEqual(['log.forked']);
      close();
    }
  });

  test('keeps its cosignature over a restart of the trustee, and does not ask for it again', async () => {
    const { colleague, logWith, take, close } = rig();
    const { database } = openDatabase(join(folder(), 'trustee.db'), NOW_MS);
    let asked = 0;
    /** The submitter of a trustee that has just started. */
    const start = (log: OwnReleases) =>
      createSubmitter({
        own: createTlogStore(database),
        releases: () => [log],
        releaseCosignatures: createReleaseCosignatureStore(database),
        seal: () => Promise.resolve(),
        submit: async (_peer, checkpoint) => {
          asked += 1;
          return { peer: colleague.id, body: await take(checkpoint) };
        },
        audit: () => Promise.resolve(),
        onFailure: (error) => {
          throw error;
        },
      });
    const log = logWith(25, 24);
    await start(log).ask([colleague.id], false);
    const again = start(log);
    await again.ask([colleague.id], false);
    expect(asked).toBe(1);
    expect(again.status([colleague.id]).witnesses).toContainEqual(
      expect.objectContaining({ log: log.log, size: 2, time: isoTime(NOW_MS) }),
    );
    await start(logWith(25, 24, 23)).ask([colleague.id], false);
    expect(asked).toBe(2);
    database.close();
    close();
  });
});
