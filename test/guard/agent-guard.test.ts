import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { decodeGuardNote } from '../../src/domain/guard/guard-note.ts';
import { CARO, caro, caroJson, configure, homeEnvironment, startService, type TestService } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { addCustomRule } from './custom-rule.ts';

const folder = temporaryFolders();
let service: TestService | undefined;

afterEach(async () => {
  await service?.stop();
  service = undefined;
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
}

/** Runs `caro guard agent NAME` with this text on its standard input. */
function guard(
  home: string,
  agent: string,
  input: string | Buffer,
  from = 'high',
  env = homeEnvironment(home),
): Promise<Ended> {
  const child = spawn(CARO, ['guard', 'agent', agent, '--from', from], { env });
  let stdout = '';
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString();
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout })));
}

const bash = (command: unknown, more: object = {}): string =>
  JSON.stringify({
    hook_event_name: 'PreToolUse',
    session_id: 's',
    tool_name: 'Bash',
    cwd: '/home/ann/project',
    tool_input: { command },
    tool_use_id: 't',
    permission_mode: 'default',
    ...more,
  });

const notesIn = (home: string) =>
  readdirSync(join(home, 'data', 'spool'))
    .filter((name) => name.endsWith('.note'))
    .map((name) => decodeGuardNote(readFileSync(join(home, 'data', 'spool', name), 'utf8')));

const CLOSED = '[guard]\non_failure = "closed"\n';

async function nodeHome(settings?: string): Promise<string> {
  const home = folder();
  await configure(home, settings);
  // Makes the folders of a node.
  await caro(home, 'guard', 'off');
  return home;
}

const decisionOf = ({ stdout }: Ended): unknown =>
  stdout === ''
    ? 'allow'
    : (JSON.parse(stdout) as { hookSpecificOutput: { permissionDecision: string } }).hookSpecificOutput
        .permissionDecision;

/** What shells are told: level, what happens on failure, whether every line is rated. */
const told = (home: string): string => readFileSync(join(home, 'data', 'spool', '.guard'), 'utf8').trim();

describe('a change of the settings reaches shells that run', () => {
  const rules = () => {
    const place = join(folder(), 'rules');
    addCustomRule('', 'deploy', place);
    return place;
  };
  const changed = (place: string) => `${CLOSED}[rules]\nfolder = "${place}"\n`;

  test('with the next line that is rated, while the service is off', async () => {
    const home = await nodeHome();
    await caro(home, 'guard', 'on');
    expect(told(home)).toBe('high open');
    await configure(home, changed(rules()));
    const child = spawn(CARO, ['guard', 'check'], { env: homeEnvironment(home), stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.end('git status');
    await new Promise((resolve) => child.on('close', resolve));
    expect(told(home)).toBe('high closed every');
  });

  test('at once, while the service runs, and never switches the guard on', async () => {
    const home = await nodeHome();
    service = await startService(home);
    await caro(home, 'guard', 'on', '--level', 'critical');
    const place = rules();
    const text = readFileSync(join(home, 'config', 'caro.toml'), 'utf8');
    writeFileSync(join(home, 'config', 'caro.toml'), `${text}${changed(place)}`);
    await caro(home, 'reload');
    expect(told(home)).toBe('critical closed every');
    await caro(home, 'guard', 'off');
    writeFileSync(join(home, 'config', 'caro.toml'), text);
    await caro(home, 'reload');
    expect(existsSync(join(home, 'data', 'spool', '.guard'))).toBe(false);
  });
});

test.each(['1970-01-01T00:00:10Z', '2199-06-01T00:00:00Z'])('a clock at %s changes no answer', async (time) => {
  const home = await nodeHome();
  const clock = join(home, 'clock.cjs');
  writeFileSync(clock, `Date.now = () => ${Date.parse(time)};\n`);
  const wrong = { ...homeEnvironment(home), NODE_OPTIONS: `--require ${clock}` };
  for (const [command, decision] of [
    ['git status', 'allow'],
    ['git push --force', 'ask'],
    ['rm -rf /', 'deny'],
  ] as const)
    expect([command, decisionOf(await guard(home, 'claude-code', bash(command), 'high', wrong))]).toEqual([
      command,
      decision,
    ]);
});

describe('the guard of an agent', () => {
  test('says nothing about a harmless command, and nothing about other tools and events', async () => {
    const home = await nodeHome();
    const silent = { code: 0, stdout: '' };
    expect(await guard(home, 'claude-code', bash('git status'))).toEqual(silent);
    expect(await guard(home, 'claude-code', bash('rm -rf /', { tool_name: 'Write' }))).toEqual(silent);
    expect(await guard(home, 'claude-code', bash('rm -rf /', { hook_event_name: 'PostToolUse' }))).toEqual(silent);
    expect(notesIn(home)).toEqual([]);
  });

  test('asks or denies in the words of each agent, with the reason and the safer way', async () => {
    const home = await nodeHome();
    const asked = await guard(home, 'claude-code', bash('git push --force'));
    expect(JSON.parse(asked.stdout)).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'ask',
        permissionDecisionReason: expect.stringMatching(/Overwrites remote history.+Safer: Use --force-with-lease/),
      },
    });
    expect(decisionOf(await guard(home, 'claude-code', bash('rm -rf /')))).toBe('deny');
    // Nobody would be asked there.
    const bypass = bash('git push --force', { permission_mode: 'bypassPermissions' });
    expect(decisionOf(await guard(home, 'claude-code', bypass))).toBe('deny');
    // Codex takes "ask" for a fault of the hook, and runs the command.
    expect(decisionOf(await guard(home, 'codex', bash('git push --force')))).toBe('deny');
    const gemini = { hook_event_name: 'BeforeTool', tool_name: 'run_shell_command' };
    expect(JSON.parse((await guard(home, 'gemini', bash('rm -rf /', gemini))).stdout)).toEqual({
      decision: 'deny',
      reason: expect.stringContaining('The command was not run.'),
    });
    const cursor = JSON.stringify({ hook_event_name: 'beforeShellExecution', command: 'rm -rf /', cwd: '' });
    expect(JSON.parse((await guard(home, 'cursor', cursor)).stdout)).toMatchObject({ permission: 'deny' });
    expect(JSON.parse((await guard(home, 'other-agent', bash('git push --force'))).stdout)).toMatchObject({
      decision: 'ask',
      level: 'high',
      rules: ['git.push-force'],
    });
    expect(JSON.parse((await guard(home, 'other-agent', bash('ls'))).stdout)).toMatchObject({ decision: 'allow' });
  });

  test('leaves the level to the owner', async () => {
    const home = await nodeHome('[guard]\nhigh = "deny"\ncritical = "ask"\n');
    expect(decisionOf(await guard(home, 'claude-code', bash('git push --force')))).toBe('deny');
    expect(decisionOf(await guard(home, 'claude-code', bash('git push --force'), 'critical'))).toBe('allow');
    expect(decisionOf(await guard(home, 'claude-code', bash('rm -rf /'), 'critical'))).toBe('ask');
    writeFileSync(join(home, 'config', 'caro.toml'), '[node]\nname = "a"\n[guard]\nhigh = "ask"\n');
    // The settings are kept between two commands, but only until the file changes.
    expect(decisionOf(await guard(home, 'claude-code', bash('git push --force')))).toBe('ask');
  });
});

describe('getting around it', () => {
  test.each([
    ['lines', 'echo a\nrm -rf /\necho b'],
    ['a carriage return', 'echo a\r\nrm -rf /\r\n'],
    ['words of a program', ['bash', '-lc', 'rm -rf /']],
    ['separate words', ['rm', '-rf', '/']],
    ['quotes', 'r"m" -r\\f /'],
    ['a nested shell', 'sh -c \'sh -c "rm -rf /"\''],
    ['invisible characters', 'rm\u00a0-rf / ; rm -rf /'],
  ])('with %s does not work', async (_what, command) => {
    const home = await nodeHome();
    expect(decisionOf(await guard(home, 'claude-code', bash(command)))).not.toBe('allow');
  });

  test.each([
    ['a long line', `${': ; '.repeat(40_000)}rm -rf /`],
    ['deep nesting', `${'$('.repeat(20_000)}rm -rf /${')'.repeat(20_000)}`],
    ['a pipeline that takes long to follow', `${'cat x | '.repeat(20_000)}sh`],
  ])('with %s is answered at every level', async (_what, command) => {
    const home = await nodeHome();
    const { stdout, code } = await guard(home, 'claude-code', bash(command), 'critical');
    // A critical command that is found in time is denied; without the time, the person is asked.
    expect(code).toBe(0);
    expect(['ask', 'deny']).toContain(decisionOf({ code, stdout }));
    expect(stdout.length).toBeLessThan(2_000);
  });

  test.each([
    ['no JSON', '{"hook_event_name":"PreToolUse"'],
    ['an array', '[1]'],
    ['a command that is a number', bash(7)],
    ['no command', bash(undefined)],
    ['words with a table among them', bash(['rm', {}])],
    ['bytes that are no text', Buffer.from([0, 255, 254, 10])],
    ['nothing', ''],
  ])('%s is let through or denied as configured, and noted', async (_what, input) => {
    const open = await nodeHome();
    expect(await guard(open, 'claude-code', input)).toEqual({ code: 0, stdout: '' });
    expect(notesIn(open)).toMatchObject([{ did: 'failed-open', level: 'unrated', author: 'claude-code' }]);
    const closed = await nodeHome(CLOSED);
    expect(decisionOf(await guard(closed, 'claude-code', input))).toBe('deny');
  });

  test('input without an end to it is denied or let through as configured', async () => {
    const home = await nodeHome(CLOSED);
    expect(decisionOf(await guard(home, 'claude-code', bash('x'.repeat(9 * 1024 * 1024))))).toBe('deny');
  });

  test('settings that cannot be read leave the built-in rules in force', async () => {
    const home = await nodeHome();
    writeFileSync(join(home, 'config', 'caro.toml'), '[guard]\nhigh = "never"\n');
    expect(decisionOf(await guard(home, 'claude-code', bash('rm -rf /')))).toBe('deny');
  });

  test('a cache that somebody has damaged is not used', async () => {
    const home = await nodeHome();
    await guard(home, 'claude-code', bash('ls'));
    const cache = join(home, 'data', 'cache');
    writeFileSync(join(cache, 'guard.code'), 'x'.repeat(1_000));
    writeFileSync(join(cache, 'guard.settings'), '{"version":"x","settings":{"high":"allow"},"folder":"/"}');
    expect(decisionOf(await guard(home, 'claude-code', bash('rm -rf /')))).toBe('deny');
  });
});

test('the answer is the same with the service, without it and while it hangs, custom rules included', async () => {
  const home = await nodeHome();
  addCustomRule(home);
  const questions = [bash('deploy-everything now'), bash('git push --force'), bash('ls')];
  const answers = async () => Promise.all(questions.map((one) => guard(home, 'claude-code', one)));
  const without = await answers();
  expect(without.map(decisionOf)).toEqual(['ask', 'ask', 'allow']);
  service = await startService(home);
  expect(await answers()).toEqual(without);
  service.process.kill('SIGSTOP');
  try {
    expect(await answers()).toEqual(without);
  } finally {
    service.process.kill('SIGCONT');
  }
});

test('what it did stands in the audit log once, without the command', async () => {
  const home = await nodeHome();
  await guard(home, 'claude-code', bash('git push --force origin canary-4711'));
  await guard(home, 'codex', bash('rm -rf / canary-4711'));
  service = await startService(home);
  const records = () => caroJson<{ details: object }>(home, 'audit', 'list', '--type', 'guard.acted');
  await until(records, (list) => list.length === 2 && notesIn(home).length === 0);
  const details = (await records()).map((record) => record.details);
  expect(details).toContainEqual(expect.objectContaining({ author: 'claude-code', did: 'asked', level: 'high' }));
  expect(details).toContainEqual(expect.objectContaining({ author: 'codex', did: 'denied', level: 'critical' }));
  expect(JSON.stringify(details)).not.toContain('canary');
  expect(await caroJson(home, 'guard', 'status')).toMatchObject([{ on: false, acts: { asked: 1, denied: 1 } }]);
});
