/**
 * An archive for machines without a registry: installs and runs where there is Node.js and no way
 * out.
 */

import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { until } from '../rig/until.ts';
import { type Machine, makeArchive, NODE, openMachine, type Running, requireMachine } from './offline-rig.ts';

requireMachine()('the offline archive, on a machine without a route', () => {
  let folder: string;
  let archive: string;
  let machine: Machine;
  let service: Running | undefined;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'caro-archive-'));
    // The user of the other machine has to read it.
    chmodSync(folder, 0o755);
    archive = makeArchive(folder);
  });
  beforeEach(() => {
    machine = openMachine(archive);
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    machine.remove();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const events = (): Promise<readonly TerminalEvent[]> => {
    const { stdout } = machine.caro('events', '--json');
    const lines = stdout.split('\n').filter((line) => line !== '');
    return Promise.resolve(lines.map((line) => JSON.parse(line) as TerminalEvent));
  };

  test('installs, observes a shell, makes a signed summary, verifies its log and shows the page, with the mesh off (FR-207, NFR-402)', async () => {
    expect(machine.run('ip', ['route']).stdout).toBe('');
    expect(machine.install()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Installed caro'),
      stderr: '',
    });
    service = await machine.startService();
    // Interactive without a terminal: its rc file, its history and its hooks are those of a typed
    // session.
    const typed = String.raw`printf 'eval "$(.local/bin/caro shell init bash)"\n' > rc
      printf '%s\n' 'echo offline' 'chmod -R 777 /nonexistent-caro' | bash --rcfile rc -i`;
    machine.run('bash', ['-c', typed]);
    const found = await until(events, (list) => list.length === 2 && list.every(({ exitCode }) => exitCode !== null));
    expect(found.map(({ command, risk }) => [command, risk])).toEqual([
      ['echo offline', 'safe'],
      ['chmod -R 777 /nonexistent-caro', expect.stringMatching(/high|critical/)],
    ]);
    expect(JSON.parse(machine.caro('status', '--json').stdout)).toMatchObject({ mesh: { enabled: false } });
    // In a worker thread, which loads Piscina and the binding a second time.
    expect(machine.caro('summary', 'preview', '--period', 'daily')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('signed by the key'),
    });
    expect(machine.caro('audit', 'verify')).toMatchObject({ code: 0, stderr: '' });
    const ask = `fetch(${JSON.stringify(service.ready['dashboard'])}).then((answer) => answer.text()).then(console.log)`;
    expect(machine.run(NODE, ['-e', ask]).stdout).toContain('<title>');
    expect(machine.network.sent().outside).toBe(0);
    expect(await service.stop()).toBe(0);
  });

  test('upgrades in place: the data stay, and nothing else is left behind', () => {
    expect(machine.install().code).toBe(0);
    const first = JSON.parse(machine.caro('init', '--json').stdout) as { readonly id: string };
    expect(machine.install()).toMatchObject({ code: 0, stdout: expect.stringContaining('service restart') });
    expect(JSON.parse(machine.caro('identity', 'show', '--json').stdout)).toMatchObject({ id: first.id });
    expect(readdirSync(join(machine.home, '.local', 'lib'))).toEqual(['caro']);
    expect(readdirSync(join(machine.home, '.local', 'bin'))).toEqual(['caro']);
  });

  test('does not install a file that is not as it was made', () => {
    appendFileSync(join(machine.unpacked, 'hooks', 'caro.bash'), '\n');
    expect(machine.install()).toMatchObject({ code: 1, stderr: expect.stringContaining('SHA256SUMS') });
    expect(readdirSync(machine.home)).not.toContain('.local');
  });

  test('installs nothing that has no sum', () => {
    writeFileSync(join(machine.unpacked, 'hooks', 'caro.extra'), 'echo\n');
    expect(machine.install().code).toBe(0);
    expect(readdirSync(join(machine.home, '.local', 'lib', 'caro', 'hooks'))).not.toContain('caro.extra');
  });

  test('names what it holds where no binding fits, and asks for a newer Node.js than 20.18', () => {
    const pretend = (version: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
      const file = join(machine.home, 'pretend.cjs');
      writeFileSync(
        file,
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, ...${JSON.stringify(version)} } });`,
      );
      return { NODE_OPTIONS: `--require ${file}` };
    };
    const other = machine.install(pretend({ modules: '999', napi: '9' }));
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /expected better-sqlite3\/.*-v999-.* this archive contains: better-sqlite3.*\.node /,
      ),
    });
    const old = machine.install(pretend({ node: '20.18.3' }));
    expect(old).toMatchObject({ code: 1, stderr: expect.stringContaining('20.19 or newer, got 20.18.3') });
    expect(readdirSync(machine.home)).not.toContain('.local');
  });

  test('is small, and has every file of its sums and no other', () => {
    expect(statSync(archive).size).toBeLessThan(6 * 1024 * 1024);
    const sums = readFileSync(join(machine.unpacked, 'SHA256SUMS'), 'utf8').trim().split('\n');
    const listed = sums.map((line) => line.slice(66));
    const there = readdirSync(machine.unpacked, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(machine.unpacked.length + 1))
      .filter((file) => file !== 'SHA256SUMS');
    expect(there.sort()).toEqual([...listed].sort());
    expect(listed.filter((file) => /\.(ts|map|c|cc|gyp|o|a)$/.test(file))).toEqual([]);
  });
});
