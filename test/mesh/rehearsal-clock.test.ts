import { expect, test } from '@jest/globals';
import { rehearse } from '../../src/mesh/rehearsal.ts';
import { makeIdentity, NO_DATA, random } from './rig.ts';

test('a rehearsal ends quietly though the clock leaps by hours within it', async () => {
  let nowMs = Date.parse('2026-11-20T12:00:00Z');
  const now = (): number => {
    nowMs += 3_600_000;
    return nowMs;
  };
  const ports = { check: () => null, rehearseAnswer: () => Promise.resolve(NO_DATA) };
  await expect(rehearse({ identity: makeIdentity(), now, randomBytes: random, ports: ports as never })).resolves.toBe(
    undefined,
  );
});
