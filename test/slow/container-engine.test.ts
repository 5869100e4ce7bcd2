/**
 * The image and the mesh of compose.yaml, built and run by a real container engine:
 * scripts/container-engine.sh provides one.
 */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { until } from '../rig/until.ts';

const ROOT = resolve(__dirname, '../..');
const ENVIRONMENT = { ...process.env, COMPOSE_PROJECT_NAME: `caro-test-${process.pid}` };
const NODES = ['ciso', 'dev-1', 'dev-2'];
/** A build compiles the SQLite binding. */
const BUILD_MS = 15 * 60_000;
const PATIENCE_MS = 60_000;
const OPERATIONS = readFileSync(resolve(ROOT, 'docs/operations.md'), 'utf8');
const DOCUMENTED = [
  ...OPERATIONS.matchAll(/<!-- run by test\/release\/container\.test\.ts -->\n```sh\n([\s\S]*?)```/g),
].map(([, lines = '']) => lines);

const run = (file: string, args: readonly string[], input = ''): SpawnSyncReturns<string> =>
  spawnSync(file, args, { cwd: ROOT, env: ENVIRONMENT, encoding: 'utf8', input });
const compose = (...args: readonly string[]): SpawnSyncReturns<string> => run('docker', ['compose', ...args]);
const inside = (name: string, ...words: readonly string[]) => compose('exec', '-T', name, ...words);

/**
 * `describe`, or a named skip where there is no engine with Docker Compose 2. With CI=true that
 * fails the file instead.
 */
function requireEngine(): typeof describe | typeof describe.skip {
  const isThere = run('docker', ['info']).status === 0 && /\bv?2\./.test(compose('version').stdout);
  if (!isThere && process.env['CI'] === 'true') throw new Error('CI needs Docker and Docker Compose 2');
  return isThere ? describe : describe.skip;
}

/** Whom the analyst hears from. */
async function expectAnswers(): Promise<void> {
  const ask = ['caro', 'mesh', 'query', 'tool-usage', '--since', '24h', '--json'];
  const answer = await until(
    () => Promise.resolve(JSON.parse(inside('ciso', ...ask).stdout || '{}') as Readonly<Record<string, unknown>>),
    ({ contributors }) => contributors === 2,
    PATIENCE_MS,
  );
  expect(answer).toMatchObject({ counts: { answered: 2 }, withheld: 'cohort_too_small', aggregate: null });
}

const inspect = (name: string, format: string): string => {
  const id = compose('ps', '--all', '--quiet', name).stdout.trim();
  return run('docker', ['inspect', '--format', format, id]).stdout.trim();
};

requireEngine()('three containers of a real engine', () => {
  afterAll(() => void compose('down', '--volumes', '--remove-orphans'), PATIENCE_MS);

  test(
    'are built, started, paired and asked by the documented lines',
    async () => {
      expect(DOCUMENTED).toHaveLength(2);
      for (const lines of DOCUMENTED) {
        const { status, stderr } = run('sh', ['-euc', lines]);
        if (status !== 0) throw new Error(stderr);
      }
      await expectAnswers();
      for (const name of NODES) expect(inspect(name, '{{.State.Health.Status}}')).toBe('healthy');
    },
    BUILD_MS,
  );

  test('run without root, write to their volume only, and doctor finds nothing to mend', () => {
    for (const name of NODES) {
      expect(inside(name, 'id', '-u').stdout).toBe('10001\n');
      const status = inside(name, 'sh', '-c', 'cat /proc/self/status').stdout;
      for (const set of ['CapEff', 'CapPrm', 'CapBnd']) expect(status).toMatch(new RegExp(`^${set}:\t0+$`, 'm'));
      expect(inside(name, 'touch', '/opt/caro/x').stderr).toContain('Read-only file system');
      const { status: code, stdout } = inside(name, 'caro', 'doctor', '--json');
      expect(stdout).not.toContain('"state":"bad"');
      expect(stdout).toMatch(/"check":"shell hook","state":"ok"/);
      expect(code).toBe(0);
    }
  });

  test('are started again after kill -9, with what they stored and whom they trust', async () => {
    const pid = (): string => inside('dev-1', 'caro', 'status', '--json').stdout.match(/"pid":(\d+)/)?.[1] ?? '';
    inside('dev-1', 'sh', '-c', `kill -9 ${pid()}`);
    await until(
      () => Promise.resolve(inspect('dev-1', '{{.RestartCount}} {{.State.Running}}')),
      (state) => state === '1 true',
      PATIENCE_MS,
    );
    await expectAnswers();
    expect(inside('dev-1', 'caro', 'audit', 'verify').status).toBe(0);
  });

  test('say which line of a configuration is wrong, and can be mended while at rest', async () => {
    inside('dev-2', 'sh', '-c', 'echo "nonsense = 1" >>"$CARO_HOME/config/caro.toml"');
    compose('restart', 'dev-2');
    await until(
      () => Promise.resolve(compose('logs', 'dev-2').stdout),
      (text) => text.includes('mesh.nonsense: expected one of'),
      PATIENCE_MS,
    );
    compose('stop', 'dev-2');
    const mend = 'sed -i /nonsense/d "$CARO_HOME/config/caro.toml" && caro config check';
    expect(compose('run', '--rm', '-T', 'dev-2', 'sh', '-c', mend).status).toBe(0);
    expect(compose('start', 'dev-2').status).toBe(0);
    await expectAnswers();
  });

  test('are the same nodes after they were made anew from their volumes, and end in order', async () => {
    expect(compose('up', '--force-recreate', '--wait', '--detach').status).toBe(0);
    await expectAnswers();
    expect(compose('stop').status).toBe(0);
    for (const name of NODES) expect(inspect(name, '{{.State.ExitCode}}')).toBe('0');
  }, 180_000);
});
