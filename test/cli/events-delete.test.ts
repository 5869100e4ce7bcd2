import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../src/domain/audit/audit-record.ts';
import type { EventsDeleted } from '../../src/domain/events/deleted.ts';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { caro, caroJson, configure, startService, type TestService } from '../rig/service.ts';
import { type IdleProcesses, idleProcesses } from '../rig/system/idle-processes.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
let home: string;
let spoolFile: string;
let shell: IdleProcesses;
let service: TestService;
let typed: number;

beforeEach(async () => {
  home = folder();
  typed = 0;
  await configure(home);
  service = await startService(home);
  shell = idleProcesses(1);
  spoolFile = join(home, 'data', 'spool', `bash.${shell.pids[0]}.${Date.now() * 1_000}.0`);
});
afterEach(async () => {
  shell.end();
  await service.stop();
});

const events = (): Promise<TerminalEvent[]> => caroJson<TerminalEvent>(home, 'events');

/** As a hook does; the shell goes on running, so that its records stay in the spool. */
async function type(text: string): Promise<TerminalEvent> {
  const startedAt = Date.now() * 1_000;
  const command = typed++;
  appendFileSync(
    spoolFile,
    encodeSpoolRecord({ type: 'start', command, startedAt, granularity: 1, cwd: '/tmp', text }),
    {
      mode: 0o600,
    },
  );
  appendFileSync(
    spoolFile,
    encodeSpoolRecord({ type: 'end', command, endedAt: startedAt + 1_000, granularity: 1, status: 0 }),
  );
  const list = await until(events, (found) => found.some((one) => one.command === text && !one.running));
  return list.find((one) => one.command === text) as TerminalEvent;
}

/** Files of this node that contain a text. */
const filesWith = (text: string): readonly string[] =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));

test('a deleted command is in no file of this node, and the shell goes on', async () => {
  await type('echo before');
  await type('mount //files/canaryone /mnt');
  const { code } = await caro(home, 'db', 'backup');
  expect(code).toBe(0);
  expect(filesWith('canaryone').length).toBeGreaterThan(2);
  const { size } = statSync(spoolFile);

  const [result] = await caroJson<EventsDeleted>(home, 'events', 'delete', '--match', 'canaryone', '--yes');
  expect(result).toEqual({ deleted: 1, pending: false, copies: [] });
  expect(filesWith('canaryone')).toEqual([]);
  expect(statSync(spoolFile).size).toBe(size);
  await type('echo after');
  expect((await events()).map(({ command }) => command)).toEqual(['echo before', 'echo after']);

  const [status] = await caroJson<{ observe: { events: number; dropped: number } }>(home, 'status');
  expect(status?.observe).toMatchObject({ events: 2, dropped: 0 });
  const records = await caroJson<AuditRecord>(home, 'audit', 'list', '--type', 'events.deleted');
  expect(records.map(({ details }) => details)).toEqual([{ count: 1 }]);
});

test('--last deletes the newest that has ended, and an id the command with this id', async () => {
  await type('echo before');
  const one = await type('echo one');
  await type('echo two');
  expect((await caro(home, 'events', 'delete', '--last', '--yes')).stdout).toContain('Deleted 1 command.');
  expect((await events()).at(-1)?.command).toBe('echo one');
  expect((await caro(home, 'events', 'delete', `${one.id}`, '--yes')).code).toBe(0);
  expect((await events()).map(({ command }) => command)).toEqual(['echo before']);
});

test('a copy that cannot be changed is named, and the command fails', async () => {
  const damaged = join(home, 'data', 'caro.db.damaged-1');
  writeFileSync(damaged, 'no database', { mode: 0o600 });
  await type('echo three');
  const { code, stdout } = await caro(home, 'events', 'delete', '--last', '--yes');
  expect(code).toBe(1);
  expect(stdout).toContain(`still in ${damaged}`);
});

test('what is to be deleted must be clear', async () => {
  await type('echo stays');
  for (const [args, text] of [
    [[], 'expected one of: the id of a command, --last, or --match TEXT'],
    [['--last', '--match', 'x'], 'expected one of'],
    [['--match', ''], 'got an empty one'],
    [['x'], 'whole number'],
    [['987654'], 'none is recorded that fits'],
  ] as const) {
    const { code, stderr } = await caro(home, 'events', 'delete', ...args, '--yes');
    expect(code).not.toBe(0);
    expect(stderr).toContain(text);
  }
  expect((await events()).map(({ command }) => command)).toEqual(['echo stays']);
});
