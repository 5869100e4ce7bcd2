import { expect, test } from '@jest/globals';
import type { StartedCommand } from '../../../src/domain/events/event.ts';
import { createEventStore } from '../../../src/storage/events/event-store.ts';
import { NEXT_APPROVAL, readAgentReports } from '../../../src/storage/readers/agent-reader.ts';
import { testDatabase } from '../../rig/test-database.ts';

const NOON = Date.parse('2026-03-04T12:00:00Z');
const HOUR_MS = 3_600_000;

const command = (number: number, startMs: number, agent?: StartedCommand['agent']): StartedCommand => ({
  key: { session: agent ? `agent:${agent.name}` : 'bash.1.1', command: number },
  startMs,
  shell: 'bash',
  command: 'make',
  cwd: '/w',
  tools: ['make'],
  category: 'build',
  pattern: { name: 'make', tool: 'make' },
  risk: 'safe',
  rules: [],
  redacted: false,
  ...(agent ? { agent } : {}),
});

function stored(started: readonly StartedCommand[]) {
  const database = testDatabase(NOON);
  const commit = { started, finished: [], ended: [], offsets: [], dropped: [], nowMs: NOON };
  createEventStore(database, 'host').commit(commit);
  return database;
}

test('each mode of each agent is reported once, by its newest command', () => {
  const codex = (approval: string) => ({ name: 'codex', approval });
  const database = stored([
    command(1, NOON - 3 * HOUR_MS, codex('never')),
    command(2, NOON - 2 * HOUR_MS, codex('default')),
    command(3, NOON - HOUR_MS, codex('default')),
    command(4, NOON, { name: 'claude-code', approval: 'default' }),
    command(5, NOON),
  ]);
  const since = (ms: number) => readAgentReports(database, ms).approvals.map((one) => `${one.author} ${one.approval}`);
  expect(since(0)).toEqual(['claude-code default', 'codex default', 'codex never']);
  expect(since(NOON - HOUR_MS)).toEqual(['claude-code default', 'codex default']);
  expect(since(NOON + 1)).toEqual([]);
});

test('no command is read to learn the modes, however many there are', () => {
  const plan = testDatabase().prepare(`EXPLAIN QUERY PLAN ${NEXT_APPROVAL}`).all('', '') as { detail: string }[];
  const reads = plan.map(({ detail }) => detail).filter((detail) => detail.includes(' event'));
  expect(reads).toHaveLength(2);
  for (const read of reads) expect(read).toMatch(/^SEARCH event USING COVERING INDEX event_approval/);
});
