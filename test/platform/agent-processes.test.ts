import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { findAgentProcesses, lineOf } from '../../src/platform/agent-processes.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const NAMES = new Map([
  ['claude', 'claude-code'],
  ['codex', 'codex'],
  ['gemini', 'gemini'],
  ['cursor', 'cursor'],
]);
const folder = temporaryFolders();

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A shell under another name that waits for its input to end. */
async function startAs(argv0: string, ...more: readonly string[]): Promise<number> {
  const child = spawn('sh', ['-c', 'echo; read -r line', ...more], { argv0, stdio: ['pipe', 'pipe', 'ignore'] });
  started.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

interface Process {
  readonly pid: number;
  readonly parent?: number;
  readonly words: readonly string[];
}

/** A folder like /proc. */
function procOf(processes: readonly Process[]): string {
  const proc = folder();
  for (const { pid, parent = 1, words } of processes) {
    mkdirSync(join(proc, String(pid)));
    writeFileSync(join(proc, String(pid), 'cmdline'), words.map((word) => `${word}\0`).join(''));
    writeFileSync(join(proc, String(pid), 'stat'), `${pid} (a) b) S ${parent} ${'0 '.repeat(17)}${pid * 10} 0\n`);
  }
  return proc;
}

const agentsIn = (...processes: readonly Process[]) =>
  findAgentProcesses(NAMES, procOf(processes)).map(({ agent, pid }) => `${agent} ${pid}`);

describe('a process of this machine', () => {
  test('is found by the name of its program, with its parents', async () => {
    const pid = await startAs('/opt/agents/codex');
    const found = findAgentProcesses(NAMES).find((one) => one.pid === pid);
    expect(found).toMatchObject({ agent: 'codex', bypass: false });
    expect(found?.ancestors[0]).toBe(process.pid);
    expect(lineOf(pid, found?.ticks ?? 0).slice(0, 2)).toEqual([pid, process.pid]);
  });

  test('has no line where another process has got its id', async () => {
    const pid = await startAs('claude');
    expect(lineOf(pid, 1)).toEqual([]);
  });

  test('that asks nobody is known by its command line', async () => {
    const pid = await startAs('gemini', '--yolo');
    expect(findAgentProcesses(NAMES).find((one) => one.pid === pid)).toMatchObject({ agent: 'gemini', bypass: true });
  });
});

describe('which processes count', () => {
  test('a script that a runtime starts counts by its package, and by its name', () => {
    expect(
      agentsIn(
        { pid: 10, words: ['node', '/usr/lib/node_modules/@anthropic-ai/claude-code/cli.js'] },
        { pid: 11, words: ['/usr/bin/node', '--no-warnings', '/usr/bin/gemini'] },
        { pid: 12, words: ['node', '/home/ana/server.js', 'codex'] },
        { pid: 13, words: ['vim', '/usr/lib/node_modules/@openai/codex/bin/codex.js'] },
      ),
    ).toEqual(['claude-code 10', 'gemini 11']);
  });

  test('a wrapper that waits for its program does not count', () => {
    const script = '/usr/lib/node_modules/@openai/codex/bin/codex.js';
    expect(
      agentsIn({ pid: 20, words: ['node', script] }, { pid: 21, parent: 20, words: ['/usr/lib/codex/codex'] }),
    ).toEqual(['codex 21']);
  });

  test('an agent that another agent starts counts', () => {
    expect(agentsIn({ pid: 30, words: ['claude'] }, { pid: 31, parent: 30, words: ['codex'] })).toEqual([
      'claude-code 30',
      'codex 31',
    ]);
  });

  test('helpers of an Electron program, kernel threads and ended processes do not count', () => {
    expect(
      agentsIn(
        { pid: 40, words: ['/usr/share/cursor/cursor', '--type=renderer'] },
        { pid: 41, words: [] },
        { pid: 42, words: ['/usr/share/cursor/cursor'] },
      ),
    ).toEqual(['cursor 42']);
  });

  test.each([
    [['claude', '--dangerously-skip-permissions'], true],
    [['claude', '--permission-mode', 'bypassPermissions'], true],
    [['gemini', '--approval-mode=yolo'], true],
    [['codex', '--dangerously-bypass-approvals-and-sandbox'], true],
    [['claude', '--permission-mode', 'plan'], false],
    [['claude', 'what does --yolo mean'], false],
  ])('%j asks nobody: %s', (words, bypass) => {
    expect(findAgentProcesses(NAMES, procOf([{ pid: 50, words }]))).toMatchObject([{ bypass }]);
  });

  test('where there is no /proc, none is found', () => {
    expect(findAgentProcesses(NAMES, join(folder(), 'none'))).toEqual([]);
  });

  test('parents that lead in a circle end the search', () => {
    const proc = procOf([
      { pid: 60, parent: 61, words: ['claude'] },
      { pid: 61, parent: 60, words: ['sh'] },
    ]);
    expect(findAgentProcesses(NAMES, proc)[0]?.ancestors).toHaveLength(32);
  });
});
