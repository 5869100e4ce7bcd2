import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkpointBytes, linkRecord } from '../../../src/audit/chain.ts';
import { preparePlaces } from '../../../src/config/places.ts';
import type { AuditRecord } from '../../../src/domain/audit/audit-record.ts';
import { encodeNodeId } from '../../../src/domain/identity/node-id.ts';
import { type Identity, openIdentity } from '../../../src/identity/identity.ts';
import { createAuditStore } from '../../../src/storage/audit/audit-store.ts';
import { type Database, openDatabase } from '../../../src/storage/database.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

let cli: CommandLine;
let database: Database;
let identity: Identity;
beforeEach(() => {
  cli = commandLine();
  preparePlaces(cli.places);
  identity = openIdentity(cli.places.identityKey);
  ({ database } = openDatabase(cli.places.database, Date.now()));
  const store = createAuditStore(database);
  let head: AuditRecord | undefined;
  for (let index = 0; index < 5; index += 1) {
    head = linkRecord(head, { type: 'query.received', details: { index } }, `2026-01-02T03:04:0${index}.000Z`);
    store.append(head);
  }
  const open = { seq: 5, hash: head?.hash ?? '', time: '2026-01-02T03:05:00.000Z', prunedThrough: 0 };
  const signature = Buffer.from(identity.sign(checkpointBytes(open))).toString('base64');
  store.addCheckpoint({ ...open, signature });
  writeFileSync(cli.places.auditHead, JSON.stringify({ ...open, signature }), { mode: 0o600 });
});
afterEach(() => {
  database.close();
  cli.remove();
});

/** What a thief with write access to the file would do. */
const tamper = (sql: string): void => {
  database.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete');
  database.exec(sql);
};

describe('caro audit verify', () => {
  test('works without a service', async () => {
    expect(await cli.run(['audit', 'verify'])).toEqual({
      code: 0,
      out: 'verified: 5 records, 1 signed checkpoints\n',
      err: '',
    });
    const { out } = await cli.run(['audit', 'verify', '--json']);
    expect(JSON.parse(out)).toEqual({
      ok: true,
      records: 5,
      checkpoints: 1,
      firstBad: null,
      tree: { size: 0, cosigned: [] },
    });
  });

  test('names the first record that was changed, and fails', async () => {
    tamper(`UPDATE audit SET details = '{"index":9}' WHERE seq = 3`);
    expect(await cli.run(['audit', 'verify'])).toEqual({
      code: 1,
      out: 'NOT VERIFIED: record 3: its content does not match its hash; 2 records before it are valid\n',
      err: '',
    });
  });

  test.each([2, 5])('notices that record %i was taken out', async (seq) => {
    tamper(`DELETE FROM audit WHERE seq = ${seq}`);
    const { code, out } = await cli.run(['audit', 'verify', '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([1, { ok: false }]);
  });

  test('says so when a row is not even a record', async () => {
    tamper(`UPDATE audit SET details = '{' WHERE seq = 2`);
    const { code, err } = await cli.run(['audit', 'verify']);
    expect([code, err]).toEqual([1, expect.stringContaining('got damaged rows')]);
  });

  test('refuses a log signed by somebody else', async () => {
    const other = encodeNodeId(new Uint8Array(32).fill(7));
    expect(JSON.parse((await cli.run(['audit', 'verify', '--id', other, '--json'])).out)).toMatchObject({ ok: false });
    expect((await cli.run(['audit', 'verify', '--id', identity.id])).code).toBe(0);
    expect((await cli.run(['audit', 'verify', '--id', 'caro:ed25519:x'])).code).toBe(2);
  });
});

describe('caro audit export', () => {
  test('gives a file that verifies on another machine, given the node id (FR-905)', async () => {
    const file = join(cli.home, 'audit.jsonl');
    expect((await cli.run(['audit', 'export', '--out', file])).out).toBe('written to HOME/audit.jsonl\n');
    const elsewhere = commandLine();
    try {
      const verified = await elsewhere.run(['audit', 'verify', '--file', file, '--id', identity.id]);
      expect(verified.out).toBe('verified: 5 records, 1 signed checkpoints\n');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"index":3', '"index":4'));
      const broken = await elsewhere.run(['audit', 'verify', '--file', file, '--id', identity.id, '--json']);
      expect([broken.code, JSON.parse(broken.out)]).toMatchObject([1, { firstBad: { seq: 4 } }]);
    } finally {
      elsewhere.remove();
    }
  });

  test('prints the same lines as one JSON array where that is wanted', async () => {
    const lines = (await cli.run(['audit', 'export'])).out.trim().split('\n');
    const array = JSON.parse((await cli.run(['audit', 'export', '--format', 'json'])).out) as unknown[];
    expect(array).toEqual(lines.map((line) => JSON.parse(line) as unknown));
    expect(array).toHaveLength(7);
    const file = join(cli.home, 'audit.json');
    writeFileSync(file, JSON.stringify(array, null, 2));
    expect((await cli.run(['audit', 'verify', '--file', file])).code).toBe(0);
  });

  test('says which line of a file is not part of an export', async () => {
    const file = join(cli.home, 'x');
    writeFileSync(file, 'hello\n');
    expect((await cli.run(['audit', 'verify', '--file', file])).err).toContain(
      'line 1: expected a line of an audit export',
    );
    expect((await cli.run(['audit', 'verify', '--file', join(cli.home, 'none')])).err).toContain('got ENOENT');
  });
});
