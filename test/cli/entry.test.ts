/** `bin/caro.js` as a process: what a script sees of it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serviceCommand } from '../../src/cli/service/command.ts';

const BIN = join(__dirname, '../../bin/caro.js');
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'caro-entry-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (program: string, ...args: readonly string[]) => {
  const env = { PATH: process.env['PATH'], HOME: home, CARO_HOME: home };
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env, input: '' });
  return { status, stdout, stderr };
};

test('it runs by its own path, and ends with 0, 1 or 2', () => {
  expect(run(BIN, 'version')).toMatchObject({ status: 0, stderr: '' });
  expect(run(BIN, 'status')).toMatchObject({ status: 1, stdout: '' });
  expect(run(BIN, 'nonsense')).toMatchObject({ status: 2, stdout: '' });
  expect(run(BIN)).toMatchObject({ status: 2 });
});

test('help of service run comes from the command line, not from a service', () => {
  expect(run(BIN, 'service', 'run', '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('--welcome'),
  });
});

test('a reader that has seen enough is no failure', () => {
  expect(run('sh', '-c', `"${BIN}" completion bash | head -1`)).toMatchObject({ status: 0, stderr: '' });
});

test('without a build it says how to make one', () => {
  const copy = join(home, 'copy');
  mkdirSync(join(copy, 'bin'), { recursive: true });
  cpSync(BIN, join(copy, 'bin', 'caro.js'));
  expect(run(process.execPath, join(copy, 'bin', 'caro.js'), 'version')).toEqual({
    status: 1,
    stdout: '',
    stderr: `caro: expected the built program in ${copy}/dist, it is not there; run: npm run build\n`,
  });
});

describe('the flags of Node.js', () => {
  const folder = join(tmpdir(), `caro-flags-${process.pid}`);
  const bin = join(folder, 'bin', 'caro.js');
  const flags = (...args: readonly string[]): unknown =>
    JSON.parse(run('env', `PATH=${dirname(process.execPath)}:${process.env['PATH']}`, bin, ...args).stdout);
  beforeAll(() => {
    for (const name of ['bin', 'dist']) mkdirSync(join(folder, name), { recursive: true });
    cpSync(BIN, bin);
    const telling = (name: string): string =>
      `exports.${name} = async () => void process.stdout.write(JSON.stringify(process.execArgv));`;
    writeFileSync(join(folder, 'dist', 'cli.js'), telling('runCli'));
    writeFileSync(join(folder, 'dist', 'daemon.js'), telling('runService'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are those of the unit where the service is started by hand', () => {
    expect(flags('service', 'run')).toEqual(serviceCommand().slice(1, -3));
  });

  test('are none for the command line, which starts the faster', () => {
    expect(flags('status')).toEqual([]);
  });
});

describe('a defect', () => {
  const broken = join(tmpdir(), `caro-broken-${process.pid}`);
  const bin = join(broken, 'bin', 'caro.js');
  beforeAll(() => {
    for (const folder of ['bin', 'dist']) mkdirSync(join(broken, folder), { recursive: true });
    cpSync(BIN, bin);
    const fault = "Object.assign(new TypeError('got: rm -rf /secret'), CODE)";
    const failing = (name: string, code: string): string =>
      `exports.${name} = async () => { throw ${fault.replace('CODE', code)}; };`;
    writeFileSync(join(broken, 'dist', 'cli.js'), failing('runCli', '{}'));
    writeFileSync(
      join(broken, 'dist', 'daemon.js'),
      `throw ${fault.replace('CODE', "{ code: 'ERR_DLOPEN_FAILED' }")};`,
    );
  });
  afterAll(() => rmSync(broken, { recursive: true, force: true }));

  test('is told in one line that quotes nothing, and its place where CARO_DEBUG asks for it', () => {
    const line =
      'caro: expected to run, met TypeError: a defect in this program; see: caro service logs (CARO_DEBUG=1 shows the place)\n';
    expect(run(bin, 'status')).toEqual({ status: 1, stdout: '', stderr: line });
    expect(run('env', 'CARO_DEBUG=1', bin, 'status').stderr).toMatch(/shows the place\)\nTypeError: .*\n {4}at /);
  });

  test('that a person can mend says how', () => {
    expect(run(bin, 'service', 'run')).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^caro: expected to run, met ERR_DLOPEN_FAILED: .*run: npm rebuild.*\n$/),
    });
  });
});

test('a service that cannot start ends with the code of its error', () => {
  const relative = spawnSync(BIN, ['service', 'run'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], CARO_HOME: 'here' },
  });
  expect(relative).toMatchObject({ status: 2, stdout: '' });
  expect(relative.stderr).toBe('caro: CARO_HOME: expected an absolute path, got "here"\n');
});
