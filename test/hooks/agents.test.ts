import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SpoolIntake } from '../../src/actors/collector/spool-intake.ts';
import { agentHookCode } from '../../src/cli/shell-setup/hook-code.ts';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { isProcess } from '../../src/platform/live-process.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { createReader } from '../../src/storage/reader.ts';
import { openInHandNote } from '../../src/storage/spool/in-hand-note.ts';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { speaker, sweep } from '../rig/intake.ts';
import type { ShellName } from '../rig/programs/pty.ts';
import { hasProgram, requireShell } from '../rig/programs/require-shell.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { testDatabase } from '../rig/test-database.ts';

const folder = temporaryFolders();
const NOW = Date.now();
const CANARY = 'CANARY-7f3a';

interface Vector {
  readonly agent: string;
  readonly source: readonly string[];
  readonly input: readonly object[];
  readonly events: readonly Partial<TerminalEvent>[];
}
const FOLDER = join(__dirname, '..', 'vectors', 'agents');
const vectors = readdirSync(FOLDER).map(
  (name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Vector] as const,
);

interface Rig {
  readonly spool: string;
  /** Runs the hook with this text on its standard input. */
  readonly run: (agent: string, input: string, program?: readonly string[]) => ReturnType<typeof spawnSync>;
  readonly files: () => readonly string[];
  readonly collect: (isAgentAlive?: boolean) => Promise<readonly TerminalEvent[]>;
}

function rig(): Rig {
  const home = folder();
  const spool = join(home, 'spool');
  mkdirSync(spool, { mode: 0o700 });
  const hook = join(home, 'caro-agent.sh');
  writeFileSync(hook, agentHookCode(spool));
  const database = testDatabase(NOW);
  const store = createEventStore(database, 'host');
  const intake = (isAgentAlive: boolean): SpoolIntake =>
    new SpoolIntake(
      {
        bus: speaker,
        rateLong: () => Promise.resolve(null),
        inHand: openInHandNote(join(home, 'in-hand')),
        onSetAside: () => undefined,
        spool: openSpoolFolder(spool, process.getuid?.() ?? 0),
        store,
        isAlive: () => false,
        now: () => NOW,
        isProcess: (pid, ticks) => isAgentAlive && isProcess(pid, ticks),
        projects: { namesOf: () => Promise.resolve(new Map()) },
      },
      () => ({ shells: [], agents: true, ignore: ['secret *'], redact: true, pauses: [], isPrivate: isPrivate }),
    );
  const isPrivate = (directory: string): boolean => directory.startsWith('/private');
  return {
    spool,
    run: (agent, input, program = ['sh']) =>
      spawnSync(program[0] ?? 'sh', [...program.slice(1), hook, agent], { input }),
    files: () => readdirSync(spool).map((name) => readFileSync(join(spool, name), 'latin1')),
    collect: async (isAgentAlive = true) => {
      await sweep(intake(isAgentAlive));
      return createReader(database).listEvents({}).toReversed();
    },
  };
}

const text = (value: object): string => JSON.stringify(value);
const start = (command: string, more: object = {}): string =>
  text({ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command }, tool_use_id: command, ...more });

const STARTERS: readonly (readonly [ShellName, ...string[]])[] = [
  ['dash'],
  ['bash', '--posix'],
  ['busybox', 'sh'],
  ['mksh'],
];
for (const program of STARTERS)
  requireShell(program[0])(`started by ${program.join(' ')}`, () => {
    test.each(vectors)('records what the agent of %s ran, and none of its output', async (_name, vector) => {
      const { run, files, collect } = rig();
      for (const input of vector.input) {
        const { status, stdout, stderr } = run(vector.agent, text(input), program);
        expect([status, String(stdout), String(stderr)]).toEqual([0, '', '']);
      }
      expect(files().join('\n')).not.toContain(CANARY);
      const events = await collect();
      expect(events.map((event, at) => pick(event, vector.events[at]))).toEqual(vector.events);
      expect(new Set(events.map(({ author }) => author))).toEqual(new Set([vector.agent]));
      expect(files()).toEqual([]);
    });
  });

const pick = (event: TerminalEvent, like: object = event): unknown =>
  Object.fromEntries(Object.keys(like).map((key) => [key, event[key as keyof TerminalEvent]]));

const AWKS = ['busybox awk', 'mawk', 'gawk', 'original-awk'].filter(
  (awk) => spawnSync('sh', ['-c', `command -v ${awk.split(' ')[0] ?? ''}`]).status === 0,
);

/** When the hook began the only file of the spool. */
const secondsOf = (spool: string): number => Number(readdirSync(spool)[0]?.split('.')[2]) / 1e6;

describe('the hook of an agent', () => {
  (hasProgram('mksh') ? test : test.skip)(
    'puts no command into the arguments of a program, where printf is one',
    () => {
      const { spool, files } = rig();
      const folderOfPrograms = folder();
      const seen = join(folderOfPrograms, 'seen');
      const spy = `#!/bin/sh\nprintf '%s\\n' "$*" >>${seen}\nexec /usr/bin/printf "$@"\n`;
      writeFileSync(join(folderOfPrograms, 'printf'), spy, { mode: 0o700 });
      const hook = join(spool, '..', 'watched.sh');
      writeFileSync(hook, agentHookCode(spool));
      const env = { ...process.env, PATH: `${folderOfPrograms}:${process.env['PATH'] ?? ''}` };
      expect(spawnSync('mksh', [hook, 'codex'], { input: start(`git ${CANARY}`), env }).status).toBe(0);
      expect(files()).toEqual([expect.stringContaining(CANARY)]);
      expect(readFileSync(seen, 'utf8')).not.toContain(CANARY);
    },
  );

  test.each(AWKS)('reads the same with %s', (awk) => {
    const { spool, files } = rig();
    const hook = join(spool, '..', 'other-awk.sh');
    writeFileSync(hook, agentHookCode(spool).replace('LC_ALL=C awk', `LC_ALL=C ${awk}`));
    const input = text({ ...vectors.find(([name]) => name.startsWith('claude'))?.[1].input[1] });
    spawnSync('sh', [hook, 'claude-code'], { input });
    expect(files()).toEqual([expect.stringContaining('\nduration_ms 1250\ntool_use_id "toolu_1"\0\0')]);
    expect(secondsOf(spool)).toBeCloseTo(Date.now() / 1_000, -2);
  });

  test.each(['1796074451', '1796074451274474', '1796074451274474496'])('reads the time from the seed %s', (seed) => {
    const { spool } = rig();
    const hook = join(spool, '..', 'other-seed.sh');
    writeFileSync(hook, agentHookCode(spool).replace('now = srand()', `now = ${seed}`));
    spawnSync('sh', [hook, 'codex'], { input: start('ls') });
    expect(secondsOf(spool)).toBe(1_796_074_451);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'hello "'],
    ['half an object', start('ls').slice(0, -1)],
    ['two objects', `${start('ls')}${start('ls')}`],
    ['a line feed in a string', start('ls').replace('ls', 'l\ns')],
    ['an array', `[${start('ls')}]`],
    ['a text', '"PreToolUse"'],
  ])('writes nothing for %s', (_case, input) => {
    const { run, files } = rig();
    expect(run('codex', input).status).toBe(0);
    expect(files()).toEqual([]);
  });

  test('reads JSON that is laid out over several lines', async () => {
    const { run, collect } = rig();
    run('codex', JSON.stringify(JSON.parse(start('ls -l')), null, 2));
    expect(await collect()).toMatchObject([{ command: 'ls -l', author: 'codex', shell: 'bash' }]);
  });

  test('writes no half of a record where the spool cannot be used, and lets the agent go on', () => {
    const { spool, run } = rig();
    rmSync(spool, { recursive: true });
    expect(run('codex', start('ls'))).toMatchObject({ status: 0, stdout: Buffer.from('') });
    const elsewhere = folder();
    symlinkSync(elsewhere, spool);
    expect(run('codex', start('ls')).status).toBe(0);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('writes nothing while a pause is in force, and again after it', () => {
    const { spool, run, files } = rig();
    const seconds = Math.floor(Date.now() / 1_000);
    writeFileSync(join(spool, '.pause'), `${seconds} ${seconds + 600}\n`);
    run('codex', start('ls'));
    expect(readdirSync(spool)).toEqual(['.pause']);
    writeFileSync(join(spool, '.pause'), `${seconds - 600} ${seconds - 1}\n`);
    run('codex', start('ls'));
    expect(files()).toHaveLength(2);
  });

  test('makes files that only their owner can read', () => {
    const { spool, run } = rig();
    run('codex', start('ls'));
    expect(readdirSync(spool).map((name) => statSync(join(spool, name)).mode & 0o777)).toEqual([0o600]);
  });

  test('finds the agent behind the shell that it starts hooks with', () => {
    const { spool, files } = rig();
    const hook = join(spool, '..', 'caro-agent.sh');
    spawnSync('sh', ['-c', `sh -c "sh '${hook}' codex; true"; true`], { input: start('ls') });
    expect(files()[0]).toContain(`\0n=${process.pid}.`);
  });
});

describe('a command of an agent', () => {
  test('is unfinished when its agent ends without having reported an end', async () => {
    const { run, collect } = rig();
    run('codex', start('make'));
    expect(await collect()).toMatchObject([{ running: true, exitCode: null }]);
    expect(await collect(false)).toMatchObject([{ running: false, exitCode: null, durationMs: null }]);
  });

  test('is recorded once where two settings files start the hook', async () => {
    const { run, collect } = rig();
    run('codex', start('make'));
    run('codex', start('make'));
    expect(await collect()).toHaveLength(1);
  });

  test('is left out by the same rules as those of people', async () => {
    const { run, collect } = rig();
    run('codex', start(' typed with a space'));
    run('codex', start('secret thing'));
    run('codex', start('ls', { cwd: '/private/diary' }));
    run('codex', start('   '));
    expect(await collect()).toEqual([]);
  });

  test('is recorded each time that it runs again, also where the agent has no id for it', async () => {
    const { run, collect } = rig();
    const input = (hook_event_name: string): string =>
      text({ hook_event_name, tool_name: 'run_shell_command', tool_input: { command: 'npm test' }, session_id: '1' });
    for (const event of ['BeforeTool', 'AfterTool', 'BeforeTool', 'AfterTool', 'BeforeTool'])
      run('gemini', input(event));
    expect((await collect()).map(({ running }) => running)).toEqual([false, false, true]);
  });

  test('of a name that is none is not recorded', async () => {
    const { run, collect } = rig();
    for (const name of ['human', '', 'Codex', 'a b', 'x'.repeat(33), '../x']) run(name, start('ls'));
    expect(await collect()).toEqual([]);
  });

  test('has a start and an end where its directory is not UTF-8', async () => {
    const { run, collect } = rig();
    run('codex', start('ls', { cwd: '/tmp/é\ud800' }));
    expect(await collect()).toMatchObject([{ command: 'ls' }]);
  });
});

test('leaves no core file with the output where the user ends the agent with Ctrl-\\', async () => {
  const home = folder();
  const spool = join(home, 'spool');
  mkdirSync(spool, { mode: 0o700 });
  const hook = join(home, 'caro-agent.sh');
  writeFileSync(hook, agentHookCode(spool));
  const asked = 'ulimit -c unlimited; exec sh "$0" claude-code';
  const child = spawn('sh', ['-c', asked, hook], { cwd: home, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => undefined);
  // More than a pipe holds, so that the program has read a part of it.
  const output = `{"tool_response": "${CANARY.repeat(50_000)}`;
  await new Promise((done) => child.stdin.write(output, done));
  const ended = once(child, 'close');
  process.kill(-(child.pid ?? 0), 'SIGQUIT');
  child.stdin.destroy();
  await ended;
  expect(readdirSync(home).sort()).toEqual(['caro-agent.sh', 'spool']);
});
