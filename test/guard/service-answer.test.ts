import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { GUARD_DEFAULTS, type GuardQuestion, SHORT_LINE } from '../../src/domain/guard/guard.ts';
import { guardDecision } from '../../src/risk/guard-decision.ts';
import { rate } from '../../src/risk/rate.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { CARO, caro, configure, homeEnvironment, startService, type TestService } from '../rig/service.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { ALL_EXAMPLES } from '../risk/examples/all-examples.ts';
import { addCustomRule } from './custom-rule.ts';

const EXAMPLES = Object.values(ALL_EXAMPLES)
  .flatMap(({ fires, silent }) => [...fires, ...silent])
  .filter(({ length }, at) => length <= SHORT_LINE && at % 20 === 0);
let home: string;
let service: TestService;

beforeAll(async () => {
  home = lastingFolder();
  await configure(home);
  await caro(home, 'guard', 'on');
  service = await startService(home);
});

afterAll(async () => {
  await service.stop();
});

const asked = (command: string, more: Partial<GuardQuestion> = {}): GuardQuestion => ({
  command,
  shell: 'bash',
  cwd: join(home, 'work'),
  home,
  from: 'high',
  ...more,
});

/** On a busy machine the time of the service is over before it begins; then it is asked again. */
async function decision(question: GuardQuestion, path = join(home, 'run', 'admin.sock')): Promise<string> {
  try {
    return (await callAdmin(path, 'guard.check', question)).decision;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'deadline_exceeded') return decision(question, path);
    throw error;
  }
}

/** The file of a hook with the guard. */
async function hookOf(kind: 'bash' | 'zsh' | 'fish'): Promise<string> {
  const code = join(home, `hook.${kind}`);
  if (!existsSync(code)) writeFileSync(code, (await caro(home, 'shell', 'init', kind)).stdout);
  return code;
}

/**
 * What the hook's own function says about a line: `runs`, or `stops`. Where the service does not
 * allow it, the hook starts `program`.
 */
async function hookSays(kind: 'bash' | 'zsh' | 'fish', line: string, program: string, first = ':'): Promise<string> {
  const code = await hookOf(kind);
  const script =
    kind === 'fish'
      ? `${first}; source ${code}; set -g _caro_program ${program}; if _caro_stops $argv[1]; echo stops; else; echo runs; end`
      : `${first}; . ${code}; _caro_program=${program}; if _caro_stops "$1"; then echo stops; else echo runs; fi`;
  const args = { bash: ['-c', script, 'bash'], zsh: ['-fc', script, 'zsh'], fish: ['--no-config', '-c', script, '--'] };
  return new Promise((resolve) => {
    execFile(kind, [...args[kind], line], { env: homeEnvironment(home), cwd: home }, (_error, stdout) =>
      resolve(stdout.trim()),
    );
  });
}

/** On a busy machine the service may need longer than the hook waits; `program` starts. */
const inTheEnd = (kind: 'bash' | 'zsh' | 'fish', line: string, program: string, expected: string) =>
  until(
    () => hookSays(kind, line, program),
    (said) => said === expected,
  );

describe.each(['bash', 'zsh', 'fish'] as const)('the guard of %s', (kind) => {
  requireShell(kind)('while the service runs', () => {
    test('lets a line run without starting a program, and no line that is dangerous', async () => {
      const refusing = join(home, 'refusing');
      writeFileSync(refusing, '#!/bin/sh\ncat >/dev/null\nexit 77\n', { mode: 0o700 });
      await inTheEnd(kind, 'rm -rf "a\\b" \'$x\' && ls | wc -l', refusing, 'runs');
      await inTheEnd(kind, 'for one in a b; do\n\tprintf %s "$one"\ndone # ü', refusing, 'runs');
      expect(await hookSays(kind, 'git push --force', refusing)).toBe('stops');
      expect(await hookSays(kind, 'echo a\nrm -rf /', refusing)).toBe('stops');
    });

    test('lets a line run whatever modules perl is told to load', async () => {
      const first = kind === 'fish' ? 'set -gx PERL5OPT -MNoSuchModule' : 'export PERL5OPT=-MNoSuchModule';
      await until(
        () => hookSays(kind, 'ls | wc -l', join(home, 'refusing'), first),
        (said) => said === 'runs',
      );
    });

    test('stops a dangerous line whatever is named perl in the shell', async () => {
      const first = kind === 'fish' ? 'function perl; true; end' : 'perl() { :; }';
      const program = join(home, 'refusing');
      expect(await hookSays(kind, 'git push --force', program, first)).toBe('stops');
    });
  });
});

requireShell('bash')('what is typed', () => {
  test('is in no argument of another program', async () => {
    const programs = join(home, 'programs');
    mkdirSync(programs);
    const real = execFileSync('/bin/sh', ['-c', 'command -v perl'], { encoding: 'utf8' }).trim();
    const seen = join(home, 'arguments');
    writeFileSync(join(programs, 'perl'), `#!/bin/sh\necho "$@" >>${seen}\nexec ${real} "$@"\n`, { mode: 0o700 });
    const code = await hookOf('bash');
    const env = { ...homeEnvironment(home), PATH: `${programs}:${process.env['PATH'] ?? ''}` };
    execFileSync('bash', ['-c', `. ${code}; _caro_service_allows "$1" high || :`, 'bash', 'make canary-8231'], { env });
    expect(readFileSync(seen, 'utf8')).toContain('admin.sock');
    expect(readFileSync(seen, 'utf8')).not.toContain('canary');
  });

  test('is in no file of the node', async () => {
    await decision(asked('make canary-9427'));
    const files = readdirSync(join(home, 'data'), { recursive: true, withFileTypes: true });
    for (const entry of files.filter((one) => one.isFile()))
      expect([entry.name, readFileSync(join(entry.parentPath, entry.name)).includes('canary-9427')]).toEqual([
        entry.name,
        false,
      ]);
  });
});

describe('the answer of the service', () => {
  test('is that of the guard, for examples of the rules', async () => {
    for (const from of ['high', 'critical'] as const)
      for (const command of EXAMPLES) {
        const question = asked(command, { from });
        const { decision: own } = guardDecision(rate(command, 'bash', question), from, GUARD_DEFAULTS);
        expect([command, await decision(question)]).toEqual([command, own === 'allow' ? 'allow' : 'unsure']);
      }
  });

  test('is about the folder and the home of the shell, not of the service', async () => {
    expect(await decision(asked('rm -rf ../ann'))).toBe('allow');
    expect(await decision(asked('rm -rf ../ann', { cwd: '/home/ann', home: '/home/ann' }))).toBe('unsure');
  });

  test('is never that a longer line may run', async () => {
    await expect(decision(asked(`: ${'x'.repeat(2_000)}`))).rejects.toThrow(/command/);
  });

  test('follows a new rule and an invalid configuration without a reload', async () => {
    const other = lastingFolder();
    await configure(other);
    const running = await startService(other);
    try {
      const ask = (line = 'deploy-everything now') => decision(asked(line), join(other, 'run', 'admin.sock'));
      expect(await ask()).toBe('allow');
      addCustomRule(other);
      expect(await ask()).toBe('unsure');
      await until(
        () => ask('make all'),
        (said) => said === 'allow',
      );
      expect(await ask()).toBe('unsure');
      writeFileSync(join(other, 'config', 'caro.toml'), 'nonsense');
      expect(await ask('make all')).toBe('unsure');
    } finally {
      await running.stop();
    }
  });
});

/** What `caro guard agent` prints and ends with; `started` where it starts a program as Node.js. */
function agentSays(
  agent: string,
  input: string | Buffer,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const started = join(home, 'started');
  writeFileSync(started, '#!/bin/sh\nprintf "started %s " "$(cat | wc -c)"\nexit 3\n', { mode: 0o700 });
  const env = { ...homeEnvironment(home), CARO_NODE: started, ...more };
  return new Promise((resolve) => {
    const child = execFile(CARO, ['guard', 'agent', agent, '--from', 'high'], { env }, (error, stdout, stderr) =>
      resolve(`${stdout}${stderr}${error ? String(error.code) : '0'}`),
    );
    child.stdin?.end(input);
  });
}

const called = (command: unknown, more: object = {}): string =>
  JSON.stringify({ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command }, cwd: home, ...more });

requireShell('bash')('the guard of a coding agent', () => {
  test('starts nothing for a command that runs unasked, nor for what is no command', async () => {
    for (const agent of ['claude-code', 'codex', 'gemini', 'cursor'])
      await until(
        () => agentSays(agent, called('git log "a\\b" # ü')),
        (said) => said === '0',
      );
    expect(await agentSays('codex', called('rm -rf /', { tool_name: 'Write' }))).toBe('0');
  });

  test('says nothing of its own, whatever perl and the locale are told', async () => {
    for (const more of [{ LC_ALL: 'xx_YY' }, { PERL5OPT: '-MNoSuchModule' }, { PERL5LIB: '/nowhere', PERL5OPT: '-d' }])
      await until(
        () => agentSays('claude-code', called('git log'), more),
        (said) => said === '0',
      );
  });

  test('starts with the whole input where the service does not allow the command', async () => {
    const long = called(`: ${'x'.repeat(2_000)}`);
    const longer = called('ls', { other: 'x'.repeat(300_000) });
    const notUtf8 = Buffer.concat([Buffer.from(called('ls')), Buffer.of(0xff)]);
    for (const input of [
      called('git push --force'),
      called('echo a\nrm -rf /'),
      called(7),
      'nonsense',
      '',
      long,
      longer,
    ])
      expect([input.slice(0, 99), await agentSays('codex', input)]).toEqual([
        input.slice(0, 99),
        `started ${Buffer.byteLength(input)} 3`,
      ]);
    expect(await agentSays('codex', notUtf8)).toBe(`started ${notUtf8.length} 3`);
  });

  test('starts for agents that expect an answer, and where there is no service', async () => {
    const input = called('ls');
    expect(await agentSays('other', input)).toBe(`started ${input.length} 3`);
    expect(await agentSays('codex', input, { CARO_HOME: lastingFolder() })).toBe(`started ${input.length} 3`);
    expect(await agentSays('codex', input, { CARO_HOME: 'relative' })).toBe(`started ${input.length} 3`);
  });
});

requireShell('bash', 'zsh')('a service', () => {
  test('that hangs changes no answer', async () => {
    service.process.kill('SIGSTOP');
    try {
      const program = join(home, 'guard');
      writeFileSync(program, '#!/bin/sh\ncat >/dev/null\nexit 0\n', { mode: 0o700 });
      expect(await hookSays('bash', 'rm -rf build', program)).toBe('runs');
      expect(await hookSays('zsh', 'rm -rf build', program)).toBe('runs');
      writeFileSync(program, '#!/bin/sh\ncat >/dev/null\nexit 77\n', { mode: 0o700 });
      expect(await hookSays('bash', 'rm -rf build', program)).toBe('stops');
      expect(await hookSays('zsh', 'rm -rf build', program)).toBe('stops');
      const input = called('ls');
      expect(await agentSays('codex', input)).toBe(`started ${input.length} 3`);
    } finally {
      service.process.kill('SIGCONT');
    }
  });
});
