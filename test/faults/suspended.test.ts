import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { placesFrom } from '../../src/config/places.ts';
import { nodeId } from '../policy/settings.ts';
import { randomFrom } from '../rig/random.ts';
import { caro, configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { expectWhole, SEED, startService, stored, type Typist, tally, times, typist } from './rig/rig.ts';

const folder = temporaryFolders();
let shells: Typist | undefined;
afterEach(() => shells?.end());

const stateOf = (pid: number): string => / ([A-Z]) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
async function suspend(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await until(
    () => Promise.resolve(stateOf(pid)),
    (state) => state === 'T',
  );
}

/** Connections to the control socket that the kernel holds and the service has not accepted yet. */
function waitingClients(home: string): number {
  const { socket } = placesFrom({ CARO_HOME: home }, '');
  const CONNECTING = / 02 +\d+ (\S+)$/;
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .filter((line) => CONNECTING.exec(line)?.[1] === socket).length;
}

const linux = process.platform === 'linux' ? test : test.skip;

linux(
  `a service that is stopped and continued at random moments stores everything once (seed ${SEED})`,
  async () => {
    const home = folder();
    await configure(home);
    shells = typist(home, 2);
    const service = await startService(home);
    const pid = service.process.pid ?? 0;
    const random = randomFrom(SEED);
    const rounds = times(20, 500);
    for (let round = 0; round < rounds; round += 1) {
      for (let count = random(5); count > 0; count -= 1) shells.type(random(2));
      if (random(4) === 0) await stored(home, shells.typed.length);
      await suspend(pid);
      if (random(2) === 0) shells.typeInEnded(1 + random(70));
      for (let count = random(70); count > 0; count -= 1) shells.type(random(2));
      process.kill(pid, 'SIGCONT');
    }
    await stored(home, shells.typed.length);
    await suspend(pid);
    const asked = caro(home, 'status');
    await until(
      () => Promise.resolve(waitingClients(home)),
      (count) => count === 1,
      60_000,
    );
    process.kill(pid, 'SIGCONT');
    expect((await asked).code).toBe(0);
    expect(await service.stop()).toBe(0);
    expectWhole(home, shells.typed);
    tally('suspensions', rounds);
  },
  600_000,
);

linux(
  'a revocation is written while the service is suspended, and in force once it continues',
  async () => {
    const home = folder();
    await configure(home);
    const service = await startService(home);
    const pid = service.process.pid ?? 0;
    const id = nodeId(9);
    await suspend(pid);
    const revoking = caro(home, 'trust', 'revoke', id);
    await until(
      () => Promise.resolve(existsSync(managed(home)) ? readFileSync(managed(home), 'utf8') : ''),
      (text) => text.includes(id),
      60_000,
    );
    process.kill(pid, 'SIGCONT');
    expect(await revoking).toMatchObject({ code: 0 });
    const rules = await caro(home, 'trust', 'explain', id, '--json');
    expect(JSON.parse(rules.stdout)).toMatchObject({ decision: { allow: false, rule: 'trust.deny.nodes' } });
    expect(await service.stop()).toBe(0);
  },
  120_000,
);

const managed = (home: string): string => join(home, 'config', 'managed.toml');
