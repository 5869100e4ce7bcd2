/** Whether what coding agents run is recorded, as status, doctor and the page show it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { codingAgents } from '../../../src/cli/doctor/service-checks.ts';
import type { ObserveStatus } from '../../../src/domain/status/status.ts';
import type { AgentProcess } from '../../../src/platform/agent-processes.ts';
import type { AgentReports } from '../../../src/storage/readers/agent-reader.ts';
import { agentCoverage, createAgentScan } from '../../../src/wiring/agent-coverage.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const folder = temporaryFolders();
const NOW = Date.parse('2026-03-04T12:00:00Z');
const NOTHING: AgentReports = { sessions: [], approvals: [] };
/** Field 22 of /proc/self/stat: when this process began. */
const TICKS = Number(readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)?.split(' ')[19]);
const running: AgentProcess = {
  agent: 'codex',
  pid: process.pid,
  ticks: TICKS,
  ancestors: [],
  bypass: false,
};

/** A home directory with the hook file of Codex, if a text is given. */
function home(hooks?: string) {
  const path = folder();
  const places = { hooks: join(path, 'hooks'), data: join(path, 'data') };
  if (hooks !== undefined) {
    mkdirSync(join(path, '.codex'));
    writeFileSync(join(path, '.codex', 'hooks.json'), hooks);
  }
  return {
    places,
    of: (processes: readonly AgentProcess[], reports = NOTHING) => agentCoverage(places, path, {}, reports, processes),
  };
}

const verdict = (agents: ObserveStatus['agents']) => codingAgents({ agents } as ObserveStatus);
const sessionOf = (pid: number, ticks: number) => ({ name: `agent:codex:${pid}:${ticks}:0a`, lastMs: NOW });

describe('an agent', () => {
  test('that neither runs nor reports nor has our entry is not mentioned', () => {
    expect(home().of([])).toEqual([]);
    expect(verdict([])).toBeUndefined();
  });

  test('that runs without our hook is reported, with the way to add it', () => {
    const agents = home().of([running]);
    expect(agents).toMatchObject([{ agent: 'codex', hook: 'missing', running: 1, silent: 1 }]);
    expect(verdict(agents)).toMatchObject({ text: expect.stringContaining('caro agents install codex') });
  });

  test('whose entry was installed and is gone is reported, though it does not run', () => {
    const { places, of } = home();
    mkdirSync(join(places.data, 'agents'), { recursive: true });
    writeFileSync(join(places.data, 'agents', 'codex.json'), '{}');
    const agents = of([]);
    expect(agents).toMatchObject([{ agent: 'codex', hook: 'removed', running: 0 }]);
    expect(verdict(agents)).toMatchObject({ text: expect.stringContaining('has it no longer') });
  });

  test('whose hook file is damaged is reported', () => {
    expect(home('{ damaged').of([])).toMatchObject([{ agent: 'codex', hook: 'unreadable' }]);
  });

  test('has reported if the process, or one below it, has', () => {
    const reports = { ...NOTHING, sessions: [sessionOf(process.pid, TICKS)] };
    const own = home().of([running], reports);
    expect(own).toMatchObject([{ running: 1, silent: 0, lastSeen: '2026-03-04T12:00:00.000Z' }]);
    const parent = { ...running, pid: process.ppid };
    expect(home().of([parent], reports)).toMatchObject([{ running: 1, silent: 0 }]);
  });

  test('has not reported if an earlier process with its id has', () => {
    const reports = { ...NOTHING, sessions: [sessionOf(process.pid, TICKS - 1)] };
    expect(home().of([running], reports)).toMatchObject([{ running: 1, silent: 1 }]);
  });

  test('that asks nobody is reported, by its command line and by its mode', () => {
    const byLine = home().of([{ ...running, bypass: true }]);
    const approvals = [{ author: 'codex', approval: 'bypassPermissions' }];
    const byMode = home().of([], { sessions: [sessionOf(1, 1)], approvals });
    for (const agents of [byLine, byMode]) {
      expect(agents).toMatchObject([{ bypass: true }]);
      expect(verdict(agents)).toMatchObject({ text: expect.stringContaining('codex runs commands without asking') });
    }
  });
});

test('processes are searched for once in half a minute', () => {
  let [nowMs, searches] = [0, 0];
  const scan = createAgentScan(
    () => nowMs,
    () => {
      searches += 1;
      return [];
    },
  );
  for (nowMs of [0, 15_000, 29_999]) scan();
  expect(searches).toBe(1);
  nowMs = 30_000;
  scan();
  expect(searches).toBe(2);
});
