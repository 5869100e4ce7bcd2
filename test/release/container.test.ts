/**
 * Three nodes as compose.yaml runs them: no root, nothing writable but the volume, paired by the
 * lines of docs/operations.md.
 */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../rig/until.ts';
import { type Containers, HEALTH_CHECK, makeContainers } from './container-rig.ts';
import { requireMachine } from './offline-rig.ts';

const OPERATIONS = readFileSync(resolve(__dirname, '../../docs/operations.md'), 'utf8');
/** The blocks that are marked as run by this test. */
const DOCUMENTED = [
  ...OPERATIONS.matchAll(/<!-- run by test\/release\/container\.test\.ts -->\n```sh\n([\s\S]*?)```/g),
];

requireMachine()('three containers', () => {
  let containers: Containers;
  const names = (): readonly string[] => containers.services.map(({ name }) => name);
  beforeAll(async () => {
    containers = makeContainers();
    await containers.start();
  }, 180_000);
  afterAll(() => containers.remove());

  test('are healthy, with the configuration that compose.yaml gives each', () => {
    for (const { name, address } of containers.services) {
      const { stdout } = containers.exec(name, HEALTH_CHECK);
      expect(JSON.parse(stdout)).toMatchObject({ node: { name }, mesh: { enabled: true, listen: `${address}:9238` } });
    }
  });

  test('run without root and without a capability, and can write to their volume only', () => {
    for (const name of names()) {
      const status = containers.process(name);
      expect(status).toMatch(/^Uid:\t10001\t10001\t10001\t10001$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      for (const set of ['CapEff', 'CapPrm', 'CapBnd']) expect(status).toMatch(new RegExp(`^${set}:\t0+$`, 'm'));
      for (const place of ['/tmp', '/var/tmp', '/dev/shm'])
        expect(containers.exec(name, ['touch', join(place, 'caro')])).toMatchObject({ code: 1, stdout: '' });
      expect(containers.exec(name, ['sh', '-c', 'touch "$CARO_HOME/x" && rm "$CARO_HOME/x"']).code).toBe(0);
    }
  });

  test('are paired, share what was previewed and answer the analyst by the documented lines', async () => {
    expect(DOCUMENTED).toHaveLength(2);
    for (const [, lines = ''] of DOCUMENTED) {
      const { code, stderr } = containers.script(lines);
      if (code !== 0) throw new Error(stderr);
    }
    const ask = ['caro', 'mesh', 'query', 'tool-usage', '--since', '24h', '--json'];
    const answer = await until(
      () => Promise.resolve(JSON.parse(containers.exec('ciso', ask).stdout) as Readonly<Record<string, unknown>>),
      ({ contributors }) => contributors === 2,
    );
    expect(answer).toMatchObject({ counts: { answered: 2 }, withheld: 'cohort_too_small', aggregate: null });
    for (const name of names()) expect(containers.exec(name, ['caro', 'audit', 'verify']).code).toBe(0);
  });

  test('keep a configuration that its owner has changed', async () => {
    const file = '"$CARO_HOME/config/caro.toml"';
    expect(containers.exec('dev-2', ['sh', '-c', `echo '# mine' >> ${file}`]).code).toBe(0);
    expect(await containers.stop('dev-2')).toBe(0);
    await containers.start('dev-2');
    expect(containers.exec('dev-2', ['sh', '-c', `cat ${file}`]).stdout).toMatch(/# mine\n$/);
    expect(await containers.stop('dev-2')).toBe(0);
  });

  test('end in order when they are stopped', async () => {
    expect(await containers.stop('ciso')).toBe(0);
    expect(await containers.stop('dev-1')).toBe(0);
  });
});
