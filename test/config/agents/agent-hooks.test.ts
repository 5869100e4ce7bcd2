import {
  chmodSync,
  existsSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hookState, makeChange, planInstall, planUninstall } from '../../../src/config/agents/agent-hooks.ts';
import { AGENT_PROGRAMS, hookCommand } from '../../../src/config/agents/agent-programs.ts';
import { withEntries, withoutEntries } from '../../../src/config/agents/hook-entries.ts';
import { KNOWN_AGENTS, type KnownAgent } from '../../../src/domain/events/author.ts';
import { codeOf } from '../../rig/error-code.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const folder = temporaryFolders();
const HOOK = '/home/dev/.local/share/caro/hooks/caro-agent.sh';

interface Settings {
  readonly file: string;
  readonly install: () => boolean;
  readonly uninstall: () => boolean;
  readonly state: () => string;
  readonly text: () => string;
}

function settings(agent: KnownAgent = 'claude-code', content?: string | Buffer, mode = 0o644): Settings {
  const file = join(folder(), AGENT_PROGRAMS[agent].file);
  if (content !== undefined) writeFileSync(file, content);
  if (content !== undefined) chmodSync(file, mode);
  return at(agent, file);
}

function at(agent: KnownAgent, file: string): Settings {
  const program = AGENT_PROGRAMS[agent];
  const command = { observe: hookCommand(HOOK, agent) };
  const receipts = join(folder(), 'agents');
  return {
    file,
    install: () => {
      const change = planInstall(program, file, command, receipts);
      if (change) makeChange(program, change, receipts, true);
      return change !== null;
    },
    uninstall: () => {
      const change = planUninstall(program, file, command, receipts);
      if (change) makeChange(program, change, receipts, false);
      return change !== null;
    },
    state: () => hookState(program, file, command),
    text: () => readFileSync(file, 'utf8'),
  };
}

const FULL = `{
    "model": "opus",   "big": 12345678901234567890,
    "permissions": {"allow": ["Bash(ls:*)"]},
    "hooks": {
        "PreToolUse": [
            { "matcher": "Write", "hooks": [ {"type":"command","command":"./check.sh"} ] }
        ]
    },
    "env": { "TOKEN": "s3cret" }
}`;

describe.each(KNOWN_AGENTS)('the hook file of %s', (agent) => {
  test('is made with our entries alone, and removed again', () => {
    const one = settings(agent);
    expect([one.state(), one.install(), one.state(), one.install()]).toEqual(['missing', true, 'installed', false]);
    const { hooks } = JSON.parse(one.text()) as { hooks: object };
    expect(Object.keys(hooks)).toEqual(AGENT_PROGRAMS[agent].events);
    expect(statSync(one.file).mode & 0o777).toBe(0o600);
    expect([one.uninstall(), existsSync(one.file), one.uninstall()]).toEqual([true, false, false]);
  });

  test.each([
    ['of other settings', FULL],
    ['of one line', '{"a":1}'],
    ['that is empty but for braces', '{ }'],
    ['with tabs and CRLF', '{\r\n\t"a": {\r\n\t\t"b": []\r\n\t}\r\n}\r\n'],
    ['that is empty', ''],
    ['of an empty line', '\n'],
    ['with empty lists', '{"hooks":{"PreToolUse":[],"BeforeTool":[ ],"beforeShellExecution":[]}}\n'],
  ])('%s has the same bytes again after both', (_case, content) => {
    const one = settings(agent, content, 0o640);
    expect(one.install()).toBe(true);
    expect(one.state()).toBe('installed');
    expect(JSON.parse(one.text())).toMatchObject(content === FULL ? { model: 'opus' } : {});
    expect(statSync(one.file).mode & 0o777).toBe(0o640);
    expect(one.uninstall()).toBe(true);
    expect(one.text()).toBe(content);
    expect(statSync(one.file).mode & 0o777).toBe(0o640);
  });

  test('that changed meanwhile loses our entries only', () => {
    const one = settings(agent, FULL);
    one.install();
    const changed = one.text().replace('"opus"', '"haiku"');
    writeFileSync(one.file, changed);
    expect(one.uninstall()).toBe(true);
    expect(one.state()).toBe('missing');
    expect(one.text()).toContain('12345678901234567890');
    expect(JSON.parse(one.text())).toEqual(JSON.parse(FULL.replace('"opus"', '"haiku"')));
  });
});

test('a hook that the owner put beside ours stays', () => {
  const one = settings('claude-code', '{}');
  one.install();
  const other = '{"type":"command","command":"./mine.sh"}';
  writeFileSync(one.file, one.text().replaceAll('"hooks": [', `"hooks": [ ${other},`));
  one.uninstall();
  expect(one.text()).not.toContain('caro-agent');
  expect(one.text().match(/mine\.sh/g)).toHaveLength(3);
});

test('an entry that starts a program elsewhere is replaced', () => {
  const one = settings('codex', '{}');
  one.install();
  writeFileSync(one.file, one.text().replaceAll('/home/dev/', '/home/old/'));
  expect(one.state()).toBe('partial');
  one.install();
  expect(one.state()).toBe('installed');
  expect(one.text()).not.toContain('/home/old/');
});

test('comments and trailing commas of Gemini stay where they are', () => {
  const content = '// mine\n{\n  "ui": { "theme": "x", }, // why\n  /* "hooks": {} */\n}\n';
  const one = settings('gemini', content);
  one.install();
  expect(one.text()).toContain('// why');
  expect(one.state()).toBe('installed');
  writeFileSync(one.file, `${one.text()}\n// later\n`);
  one.uninstall();
  expect(one.text()).toBe(`${content.replace('}, //', '} //')}\n// later\n`);
});

describe('nothing is changed, and the error says why, where the file', () => {
  test.each([
    ['is no JSON', '{"a": 1', 'line 1: expected a comma or }'],
    ['has comments that the agent does not read', '{\n// x\n}', 'line 2: expected the name of a member'],
    ['is a list', '[]', 'expected an object'],
    ['has other hooks', '{"hooks": []}', 'expected "hooks" to be an object'],
    ['has another list of hooks', '{"hooks": {"PreToolUse": {}}}', 'expected "hooks.PreToolUse" to be a list'],
    ['has hooks twice', '{"hooks": {}, "hooks": {}}', 'expected one member "hooks", got two'],
    ['has a name that cannot be read', '{"s3cret\\x": 1}', 'a name without invalid escapes'],
  ])('%s', (_case, content, reason) => {
    const one = settings('claude-code', content);
    expect(codeOf(one.install)).toBe('agent_settings');
    expect(one.install).toThrow(reason);
    expect(one.install).not.toThrow('s3cret');
    expect(one.text()).toBe(content);
  });

  test.each([
    ['begins with a byte order mark', '\uFEFF{}', 'without a byte order mark'],
    ['has bytes of another encoding', Buffer.from('{"name": "Ren\xe9"}', 'latin1'), 'UTF-8, got other bytes'],
  ])('%s', (_case, content, reason) => {
    const one = settings('claude-code', content);
    expect(one.install).toThrow(reason);
    expect(readFileSync(one.file)).toEqual(Buffer.from(content));
  });

  test('is a link to a file that does not exist', () => {
    const link = join(folder(), 'settings.json');
    symlinkSync('elsewhere.json', link);
    expect(at('claude-code', link).install).toThrow('a link to a file that exists');
    expect(readlinkSync(link)).toBe('elsewhere.json');
  });

  test('is read-only', () => {
    const one = settings('codex', '{}', 0o444);
    expect(one.install).toThrow('it is read-only');
    expect(one.text()).toBe('{}');
  });

  test('may be written by others', () => {
    const one = settings('codex', '{}', 0o666);
    expect(one.install).toThrow('no other user may write it');
  });

  test('is in a directory that does not exist', () => {
    expect(at('cursor', join(folder(), 'none', 'hooks.json')).install).toThrow('start the agent once');
  });

  test('has changed since it was read', () => {
    const one = settings('codex', '{}');
    const program = AGENT_PROGRAMS.codex;
    const change = planInstall(program, one.file, { observe: hookCommand(HOOK, 'codex') }, folder());
    writeFileSync(one.file, '{"new": 1}');
    expect(() => change && makeChange(program, change, folder(), true)).toThrow('it has changed');
    expect(one.text()).toBe('{"new": 1}');
  });
});

test('a symbolic link stays one, and the file behind it is changed', () => {
  const real = settings('claude-code', FULL);
  const link = join(folder(), 'settings.json');
  symlinkSync(real.file, link);
  const one = at('claude-code', link);
  one.install();
  expect(realpathSync(link)).toBe(realpathSync(real.file));
  expect(real.state()).toBe('installed');
  one.uninstall();
  expect(real.text()).toBe(FULL);
});

test('any settings keep their values, and have them again without our entries', () => {
  const key = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__' && name !== 'hooks');
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })),
      fc.constantFrom(undefined, 1, 2, 4, '\t'),
      fc.constantFrom(...KNOWN_AGENTS),
      (values, indent, agent) => {
        const program = AGENT_PROGRAMS[agent];
        const text = JSON.stringify(values, null, indent);
        const { text: edited } = withEntries(text, program, { observe: hookCommand(HOOK, agent) });
        const { hooks, ...others } = JSON.parse(edited) as Record<string, unknown>;
        expect(Object.keys(hooks as object)).toEqual(program.events);
        expect(others).toEqual(JSON.parse(text));
        expect(JSON.parse(withoutEntries(edited, program))).toEqual(JSON.parse(text));
      },
    ),
  );
});
