import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { FinishedCommand, StartedCommand } from '../../src/domain/events/event.ts';
import { createProjectNames } from '../../src/platform/project-names.ts';
import type { Database } from '../../src/storage/database.ts';
import { findEvents, removeEvents } from '../../src/storage/events/event-removal.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { createReader } from '../../src/storage/reader.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { testDatabase } from '../rig/test-database.ts';

const folder = temporaryFolders();
const NOON = Date.parse('2026-03-04T12:00:00Z');

const command = (number: number, more: Partial<StartedCommand> = {}): StartedCommand => ({
  key: { session: 'bash.1.1', command: number },
  startMs: NOON,
  shell: 'bash',
  command: 'git push',
  cwd: '/w',
  tools: ['git'],
  category: 'version-control',
  pattern: { name: 'git push', tool: 'git' },
  risk: 'safe',
  rules: [],
  redacted: false,
  ...more,
});
const byAgent = (number: number, name: string, more: Partial<StartedCommand> = {}): StartedCommand =>
  command(number, {
    key: { session: `agent:${name}`, command: number },
    agent: { name, approval: 'acceptEdits' },
    ...more,
  });

function commit(database: Database, started: readonly StartedCommand[], finished: readonly FinishedCommand[] = []) {
  return createEventStore(database, 'host').commit({
    started,
    finished,
    ended: [],
    offsets: [],
    dropped: [],
    nowMs: NOON,
  });
}

const authorsOf = (database: Database): unknown =>
  createReader(database)
    .statistics(NOON, NOON + 1)
    .authors.map(({ author, commands, ended, failures, levels }) => [
      author,
      commands,
      ended,
      failures,
      levels.critical,
    ]);

const sums = (database: Database, table: string): unknown =>
  database.prepare(`SELECT author, sum(count), sum(ended), sum(failures) FROM ${table} GROUP BY 1`).raw().all();

describe('commands of agents', () => {
  test('keep the agent, its mode of approval and the project', () => {
    const database = testDatabase(NOON);
    const [event] = commit(database, [byAgent(1, 'codex', { project: 'caro' })]);
    expect(event).toMatchObject({ author: 'codex', approval: 'acceptEdits', project: 'caro' });
    expect(createReader(database).listEvents({})).toEqual([event]);
  });

  test('of a person have no mode of approval', () => {
    const [event] = commit(testDatabase(NOON), [command(1)]);
    expect(event).toMatchObject({ author: 'human', approval: null, project: null });
  });

  test('are counted for each agent, and people without them', () => {
    const database = testDatabase(NOON);
    const end = { key: { session: 'agent:codex', command: 2 }, exitCode: 1, durationMs: null, endMs: null };
    commit(database, [
      command(1),
      byAgent(2, 'codex', { risk: 'critical' }),
      byAgent(3, 'codex'),
      byAgent(4, 'gemini'),
    ]);
    commit(database, [], [end]);
    expect(authorsOf(database)).toEqual([
      ['human', 1, 0, 0, 0],
      ['codex', 2, 1, 1, 1],
      ['gemini', 1, 0, 0, 0],
    ]);
    expect(sums(database, 'rollup_agent_day')).toEqual(sums(database, 'rollup_agent'));
  });

  test('are no sessions of a shell', () => {
    const database = testDatabase(NOON);
    commit(database, [byAgent(1, 'codex')]);
    expect(createReader(database).shells()).toEqual([]);
  });

  test('leave no count behind when they are deleted', () => {
    const database = testDatabase(NOON);
    const events = commit(database, [byAgent(1, 'codex', { risk: 'critical' }), command(2)]);
    removeEvents(database, findEvents(database, [events[0]?.id ?? 0]).events);
    expect(authorsOf(database)).toEqual([['human', 1, 0, 0, 0]]);
    for (const table of ['rollup_agent', 'rollup_agent_day']) expect(sums(database, table)).toEqual([]);
  });

  test('leave no count behind when retention ends', () => {
    const database = testDatabase(NOON);
    commit(database, [byAgent(1, 'codex')]);
    createEventStore(database, 'host').pruneRollups(NOON + 2 * 86_400_000, 1_000);
    for (const table of ['rollup_agent', 'rollup_agent_day']) expect(sums(database, table)).toEqual([]);
  });
});

describe('the project of a command', () => {
  const nameOf = async (directory: string): Promise<unknown> =>
    (await createProjectNames(() => NOON).namesOf([directory])).get(directory);

  test('is the name of the Git repository above its directory', async () => {
    const root = join(folder(), 'shop');
    mkdirSync(join(root, '.git'), { recursive: true });
    mkdirSync(join(root, 'src', 'deep'), { recursive: true });
    expect(await nameOf(join(root, 'src', 'deep'))).toBe('shop');
    expect(await nameOf(root)).toBe('shop');
  });

  test('is the repository that a linked work tree belongs to', async () => {
    const tree = join(folder(), 'feature-x');
    mkdirSync(tree);
    writeFileSync(join(tree, '.git'), 'gitdir: /home/me/shop/.git/worktrees/feature-x\n');
    expect(await nameOf(tree)).toBe('shop');
  });

  test('is not known outside a repository, in a directory that is gone, and for a relative one', async () => {
    const bare = folder();
    expect(await nameOf(bare)).toBeNull();
    expect(await nameOf(join(bare, 'gone'))).toBeNull();
    expect(await nameOf('.')).toBeNull();
  });
});
