import { expect, test } from '@jest/globals';
import { Lifecycle } from '../../src/bus/lifecycle.ts';

test('the last step stops first, and a step that fails to stop does not keep the others running', async () => {
  const ended: string[] = [];
  const faults: string[] = [];
  const life = new Lifecycle({ startMs: 50, stopMs: 50 }, (name) => faults.push(name));
  for (const name of ['lock', 'database', 'actors']) {
    await life.begin(name, () => [
      null,
      () => {
        ended.push(name);
        if (name === 'database') throw new Error('stuck');
      },
    ]);
  }
  await life.end();
  expect(ended).toEqual(['actors', 'database', 'lock']);
  expect(faults).toEqual(['database']);
});

test('a step that does not start in time is named', async () => {
  const life = new Lifecycle({ startMs: 5, stopMs: 5 }, () => undefined);
  await expect(life.begin('the dashboard', () => new Promise<never>(() => undefined))).rejects.toThrow(
    'the dashboard to start within 5 ms',
  );
});
