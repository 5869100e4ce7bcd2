import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AGENT_PROGRAMS, agentFile } from '../../../src/config/agents/agent-programs.ts';
import { KNOWN_AGENTS, type KnownAgent } from '../../../src/domain/events/author.ts';
import { type CommandLine, commandLine } from '../../cli/command-line.ts';

let line: CommandLine;
beforeEach(() => {
  line = commandLine();
});
afterEach(() => line.remove());

const OWN = '{\n    "theme": "dark",  "big": 12345678901234567890\n}';

function fileOf(agent: KnownAgent, text?: string): string {
  const file = agentFile(AGENT_PROGRAMS[agent], line.home, {});
  mkdirSync(dirname(file), { recursive: true });
  if (text !== undefined) writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function json(...args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await line.run([...args, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

const install = (agent: KnownAgent, ...more: readonly string[]) => json('agents', 'install', agent, '--yes', ...more);
const uninstall = (agent: KnownAgent) => json('agents', 'uninstall', agent, '--yes');
const statusOf = async (agent: KnownAgent): Promise<unknown> =>
  ((await json('agents', 'status', agent)) as { agents: readonly unknown[] }).agents[0];

/** Names of the events that start this program. */
const eventsWith = (file: string, program: string): readonly string[] =>
  Object.entries((JSON.parse(readFileSync(file, 'utf8')) as { hooks: object }).hooks).flatMap(([event, entries]) =>
    JSON.stringify(entries).includes(program) ? [event] : [],
  );

describe.each(KNOWN_AGENTS)('caro agents, for %s', (agent) => {
  const { events } = AGENT_PROGRAMS[agent];

  test('adds the observing entries, shows them, and restores the file byte for byte', async () => {
    const file = fileOf(agent, OWN);
    expect(await statusOf(agent)).toMatchObject({ agent, hook: 'missing', guard: null });
    expect(await install(agent)).toMatchObject({ agent, changed: true, guard: null });
    expect(await statusOf(agent)).toMatchObject({ hook: 'installed', guard: null });
    expect([eventsWith(file, 'caro-agent.sh'), eventsWith(file, 'caro.js')]).toEqual([events, []]);
    expect(await uninstall(agent)).toMatchObject({ changed: true });
    expect(readFileSync(file, 'utf8')).toBe(OWN);
  });

  test('--guard adds the guard before a command, and both are removed at once', async () => {
    const file = fileOf(agent, OWN);
    expect(await install(agent, '--guard', 'high')).toMatchObject({ changed: true, guard: 'high' });
    expect(await statusOf(agent)).toMatchObject({ hook: 'installed', guard: 'high' });
    expect(eventsWith(file, 'caro-agent.sh')).toEqual(events);
    expect(eventsWith(file, `caro.js' guard agent ${agent} --from high`)).toEqual(events.slice(0, 1));
    await uninstall(agent);
    expect(readFileSync(file, 'utf8')).toBe(OWN);
  });

  test('the guard can be added later and its level changed; all is undone to the byte', async () => {
    const file = fileOf(agent, OWN);
    await install(agent);
    await install(agent, '--guard', 'high');
    await install(agent, '--guard', 'critical');
    expect(readFileSync(file, 'utf8').match(/guard agent/g)).toHaveLength(1);
    expect(await statusOf(agent)).toMatchObject({ hook: 'installed', guard: 'critical' });
    expect(await install(agent)).toMatchObject({ changed: false, guard: 'critical' });
    await uninstall(agent);
    expect(readFileSync(file, 'utf8')).toBe(OWN);
  });

  test('a file that only we needed is removed, also after the level was changed', async () => {
    const file = fileOf(agent);
    await install(agent, '--guard', 'critical');
    await install(agent, '--guard', 'high');
    expect(await statusOf(agent)).toMatchObject({ hook: 'installed', guard: 'high' });
    await uninstall(agent);
    expect(existsSync(file)).toBe(false);
  });

  test('of a file that changed meanwhile, only both entries are removed', async () => {
    const file = fileOf(agent, OWN);
    await install(agent, '--guard', 'high');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"dark"', '"light"'));
    await install(agent, '--guard', 'critical');
    await uninstall(agent);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(OWN.replace('"dark"', '"light"')));
  });
});

test.each([
  ['claude-code', '{"disableAllHooks": true}'],
  ['gemini', '{"hooksConfig": {"enabled": false}}'],
] as const)('says that the hook file of %s switches all hooks off', async (agent, text) => {
  fileOf(agent, text);
  const { out } = await line.run(['agents', 'install', agent, '--yes']);
  expect(out).toContain('nothing is recorded until you remove that');
  expect(await statusOf(agent)).toMatchObject({ hook: 'off' });
  fileOf(
    agent,
    text.replace(/true|false/, (word) => (word === 'true' ? 'false' : 'true')),
  );
  expect((await line.run(['agents', 'install', agent, '--yes'])).out).not.toContain('nothing is recorded');
  expect(await statusOf(agent)).toMatchObject({ hook: 'installed' });
});

test('refuses a level that the guard does not know', async () => {
  fileOf('codex');
  const { code, err } = await line.run(['agents', 'install', 'codex', '--guard', 'low', '--yes']);
  expect(code).toBe(2);
  expect(err).toContain('high, critical');
});
