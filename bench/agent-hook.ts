/**
 * What the hook of coding agents adds to a command: the time of one call, with a small input and
 * with 30 kB of output, beside `true`, `sh` and a bare start of Node.js.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentHookCode } from '../src/cli/shell-setup/hook-code.ts';
import { report, round, summary } from './parts/figures.ts';

const RUNS = Number(process.env['RUNS'] ?? 100);
const root = mkdtempSync(join(tmpdir(), 'caro-agent-hook-'));
const spool = join(root, 'spool');
mkdirSync(spool, { mode: 0o700 });
const hook = join(root, 'caro-agent.sh');
writeFileSync(hook, agentHookCode(spool));

const call = { session_id: 's', cwd: root, permission_mode: 'default', tool_name: 'Bash', tool_use_id: 'id' };
const before = JSON.stringify({
  ...call,
  hook_event_name: 'PreToolUse',
  tool_input: { command: 'git commit -m "a \\"b\\""', description: 'x' },
});
const after = (bytes: number): string =>
  JSON.stringify({
    ...call,
    hook_event_name: 'PostToolUse',
    tool_input: { command: 'make' },
    duration_ms: 5,
    tool_response: { stdout: 'a line of "output"\n'.repeat(bytes / 19), stderr: '', interrupted: false },
  });

const CASES: Readonly<Record<string, readonly [program: string, args: readonly string[], input: string]>> = {
  true: ['/bin/true', [], ''],
  sh: ['/bin/sh', ['-c', ':'], ''],
  node: [process.execPath, ['-e', '0'], ''],
  'hook, start of a command': ['/bin/sh', [hook, 'claude-code'], before],
  'hook, end with 1 kB of output': ['/bin/sh', [hook, 'claude-code'], after(1_000)],
  'hook, end with 30 kB of output': ['/bin/sh', [hook, 'claude-code'], after(30_000)],
  'hook, end with 1 MB of output': ['/bin/sh', [hook, 'claude-code'], after(1_000_000)],
};

const times = new Map<string, number[]>(Object.keys(CASES).map((name) => [name, []]));
// In turns, so that other work on the machine meets all alike.
for (let run = 0; run < RUNS; run += 1) {
  for (const [name, [program, args, input]] of Object.entries(CASES)) {
    const start = process.hrtime.bigint();
    spawnSync(program, args, { input });
    times.get(name)?.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
const figures = new Map([...times].map(([name, list]) => [name, summary(list)]));
const median = (name: string): number => figures.get(name)?.median ?? Number.NaN;
const records = readdirSync(spool).length;
report(
  'agent-hook',
  [...figures].map(([name, { median: medianMs, p99: p99Ms }]) => ({
    name,
    medianMs,
    p99Ms,
    records,
    addedMs: round(medianMs - median('true')),
    ratioToTrue: round(medianMs / median('true')),
    ratioToNode: round(medianMs / median('node')),
  })),
);
rmSync(root, { recursive: true });
