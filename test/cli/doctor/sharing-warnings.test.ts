/** Valid settings that may not be meant: each command that checks settings warns of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { caro, configure, startService } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const folder = temporaryFolders();

const OPEN = '[trust]\ndefault = "supervisor"\n[sharing]\nlevel = 2\n';
const OPEN_TEXT = 'trust.default is "supervisor" and sharing is on';
const MISTYPED = '[sharing]\nlevel = 1\ndeny_tools = ["git", "no-such-tool"]\n';
const MISTYPED_TEXT = 'sharing.deny_tools: "no-such-tool" is not in the catalogue of tools';

let cli: CommandLine;
beforeEach(async () => {
  cli = commandLine();
  await cli.run(['init', '--quiet']);
});
afterEach(() => cli.remove());

interface Line {
  readonly check: string;
  readonly state: string;
  readonly text: string;
}

async function verdict(): Promise<Line | undefined> {
  const { out } = await cli.run(['doctor', '--json']);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return lines.find(({ check }) => check === 'configuration');
}

describe.each([
  ['supervisor as the default trust', OPEN, OPEN_TEXT],
  ['peer as the default trust', OPEN.replace('supervisor', 'peer'), 'trust.default is "peer" and sharing is on'],
  ['a denied tool that nobody knows', MISTYPED, MISTYPED_TEXT],
])('%s', (_what, toml, text) => {
  beforeEach(() => writeFileSync(cli.places.config, toml));

  test.each([
    ['config', 'check'],
    ['sharing', 'status'],
  ])('is a warning of caro %s %s, which succeeds', async (...args) => {
    const plain = await cli.run(args);
    expect([plain.code, plain.out]).toEqual([0, expect.stringContaining(`Warning: ${text}`)]);
    const { code, out } = await cli.run([...args, '--json']);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ warnings: [expect.stringContaining(text)] }),
    ]);
  });

  test('is a warning of caro doctor', async () => {
    expect(await verdict()).toMatchObject({ state: 'warn', text: expect.stringContaining(text) });
  });
});

describe('no warning', () => {
  test.each([
    ['while nothing is shared', '[trust]\ndefault = "supervisor"\n'],
    ['for another default', '[trust]\ndefault = "untrusted"\n[sharing]\nlevel = 2\n'],
    ['for an alias of a tool', '[sharing]\nlevel = 1\ndeny_tools = ["kubectl", "python3.11", "vi"]\n'],
  ])('%s', async (_when, toml) => {
    writeFileSync(cli.places.config, toml);
    expect(JSON.parse((await cli.run(['config', 'check', '--json'])).out)).toMatchObject({ ok: true, warnings: [] });
    expect(await verdict()).toMatchObject({ state: 'ok' });
  });
});

test('caro status of a running service warns of them, until they are mended', async () => {
  const home = folder();
  await configure(home, `[dashboard]\nport = 0\n${MISTYPED}`);
  const service = await startService(home);
  expect((await caro(home, 'status')).stdout).toContain(`Warning: ${MISTYPED_TEXT.replace(' of tools', '')}`);
  writeFileSync(join(home, 'config', 'caro.toml'), '[dashboard]\nport = 0\n');
  await caro(home, 'reload');
  expect((await caro(home, 'status')).stdout).not.toContain('Warning');
  await service.stop();
});
