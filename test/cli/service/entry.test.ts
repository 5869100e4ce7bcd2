/** `bin/caro.js` as a process: what a script sees of it. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serviceCommand, serviceEnvironment } from '../../../src/cli/service/command.ts';
import { hasProgram } from '../../rig/programs/require-shell.ts';
import { configure, homeEnvironment, startService } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const BIN = join(__dirname, '../../../bin/caro.js');
const V8_FLAGS = join(__dirname, '../../../bin/v8-flags.txt');
const temporary = temporaryFolders();
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
    stderr: `caro: expected the built program in ${copy}/dist, found none; run: npm run build\n`,
  });
});

describe('the V8 flags', () => {
  const folder = join(tmpdir(), `caro-flags-${process.pid}`);
  const bin = join(folder, 'bin', 'caro.js');
  /** A `node` that tells another version and the arguments that it was started with. */
  const stub = join(folder, 'stub');
  const flagsWith = (path: string, ...command: readonly string[]): unknown =>
    JSON.parse(run('env', `PATH=${path}:${process.env['PATH']}`, ...command).stdout);
  const flags = (...command: readonly string[]): unknown => flagsWith(dirname(process.execPath), ...command);
  beforeAll(() => {
    for (const name of ['bin', 'dist', 'stub']) mkdirSync(join(folder, name), { recursive: true });
    cpSync(BIN, bin);
    cpSync(V8_FLAGS, join(folder, 'bin', 'v8-flags.txt'));
    const telling = (name: string): string =>
      `exports.${name} = async () => void process.stdout.write(JSON.stringify(process.execArgv));`;
    writeFileSync(join(folder, 'dist', 'cli.js'), telling('runCli'));
    writeFileSync(join(folder, 'dist', 'daemon.js'), telling('runService'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const lines = readFileSync(V8_FLAGS, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('--'));
  const named = lines.flatMap((line) => line.split(' '));
  /** What the launcher takes of the flags if Node.js does not know some of them. */
  const takenWithout = (unknown: readonly string[]): unknown => {
    const version =
      unknown.length > 0 ? unknown.map((flag) => `echo "node: bad option: ${flag}" >&2`).join('\n') : 'echo v30.1.0';
    const text = `case "$*" in *--version) ${version} ;; *) printf '"%s",' "$@" | sed 's/^/[/; s/,$/]/' ;; esac`;
    writeFileSync(join(stub, 'node'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const taken = flagsWith(stub, bin, 'service', 'run') as readonly string[];
    expect(taken.slice(-3)).toEqual([bin, 'service', 'run']);
    return taken.slice(0, -3);
  };

  test('are those that this Node.js knows, however the service is started', () => {
    const taken = flags(bin, 'service', 'run');
    expect(taken).toEqual(expect.arrayContaining(['--expose-gc', '--max-semi-space-size=2', '--no-node-snapshot']));
    const environment = serviceEnvironment().map(([name, value]) => `${name}=${value}`);
    const [shell, , ...words] = serviceCommand();
    expect(flagsWith('/nowhere', ...environment, shell, bin, ...words)).toEqual(taken);
    // Node.js before 22.15 cannot replace itself.
    const isReplaced = 'execve' in process;
    expect(flags(process.execPath, bin, 'service', 'run')).toEqual(isReplaced ? taken : []);
  });

  test('given by hand are kept, and no others are added', () => {
    expect(flags(process.execPath, '--stack-size=900', bin, 'service', 'run')).toEqual(['--stack-size=900']);
  });

  test('are all taken by a Node.js that knows them all', () => {
    expect(named.length).toBeGreaterThan(9);
    expect(takenWithout([])).toEqual(named);
  });

  test.each(lines)('%s: with its first flag the whole line goes, with another only that one', (line) => {
    const [first = '', ...rest] = line.split(' ');
    expect(takenWithout([first])).toEqual(named.filter((flag) => !line.split(' ').includes(flag)));
    for (const flag of rest) expect(takenWithout([flag])).toEqual(named.filter((other) => other !== flag));
  });

  test('of which none is known leave a service that starts without', () => {
    expect(takenWithout(named)).toEqual([]);
  });

  test.each(['dash', 'bash', 'busybox sh'].filter((shell) => hasProgram(shell.split(' ')[0] ?? '')))(
    'are found by %s behind links, as npm makes them',
    (shell) => {
      const link = join(folder, shell);
      symlinkSync('bin/caro.js', `${link}-inner`);
      symlinkSync(`${link}-inner`, link);
      expect(flags(...shell.split(' '), link, 'service', 'run')).toEqual(flags(bin, 'service', 'run'));
    },
  );

  test('are absent from the command line, which starts faster without them', () => {
    expect(flags(bin, 'status')).toEqual([]);
  });
});

describe('a defect', () => {
  const broken = join(tmpdir(), `caro-broken-${process.pid}`);
  const bin = join(broken, 'bin', 'caro.js');
  beforeAll(() => {
    for (const folder of ['bin', 'dist']) mkdirSync(join(broken, folder), { recursive: true });
    cpSync(BIN, bin);
    cpSync(V8_FLAGS, join(broken, 'bin', 'v8-flags.txt'));
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
      'caro: cannot run, TypeError: a bug in this program; see: caro service logs (CARO_DEBUG=1 prints the stack trace)\n';
    expect(run(bin, 'status')).toEqual({ status: 1, stdout: '', stderr: line });
    expect(run('env', 'CARO_DEBUG=1', bin, 'status').stderr).toMatch(
      /prints the stack trace\)\nTypeError: .*\n {4}at /,
    );
  });

  test('that a person can mend says how', () => {
    expect(run(bin, 'service', 'run')).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^caro: cannot run, ERR_DLOPEN_FAILED: .*run: npm rebuild.*\n$/),
    });
  });
});

test('a command that finds no SQLite, or one that cannot be loaded, says how to mend the installation', async () => {
  const kept = temporary();
  await configure(kept);
  const service = await startService(kept);
  await service.stop();
  const root = join(__dirname, '../../..');
  const tree = join(kept, 'tree');
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(root, part), join(tree, part), { recursive: true });
  const modules = join(root, 'node_modules');
  const release = Number(process.versions['napi']) >= 10 ? 'better-sqlite3-napi' : 'better-sqlite3';
  const names = [release, 'bindings', 'file-uri-to-path'].filter((name) => existsSync(join(modules, name)));
  const bindings: string[] = [];
  const isText = (path: string): boolean => {
    if (/\/(?:deps|src|obj)$/.test(path)) return false;
    if (path.endsWith('.node')) bindings.push(join(tree, 'node_modules', relative(modules, path)));
    return !path.endsWith('.node');
  };
  for (const name of names)
    cpSync(join(modules, name), join(tree, 'node_modules', name), { recursive: true, filter: isText });
  const check = () =>
    spawnSync(join(tree, 'bin', 'caro.js'), ['db', 'check'], { encoding: 'utf8', env: homeEnvironment(kept) });
  expect(check()).toMatchObject({ status: 1, stderr: expect.stringMatching(/MODULE_NOT_FOUND: .*run: npm ci/) });
  for (const binding of bindings) writeFileSync(binding, 'no library');
  expect(check()).toMatchObject({ status: 1, stderr: expect.stringMatching(/ERR_DLOPEN_FAILED: .*npm rebuild/) });
});

test('a service that cannot start ends with the code of its error', () => {
  const relative = spawnSync(BIN, ['service', 'run'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], CARO_HOME: 'here' },
  });
  expect(relative).toMatchObject({ status: 2, stdout: '' });
  expect(relative.stderr).toBe('caro: CARO_HOME: expected an absolute path, got "here"\n');
});
