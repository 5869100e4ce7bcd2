import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { encodeSpoolRecord } from '../../../src/domain/spool/spool-record.ts';
import { caro, caroJson, configure, startService, type TestService } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
let service: TestService | undefined;

afterEach(async () => {
  await service?.stop();
});

test('caro search lists what fits, by author too, and caro today reports the same commands', async () => {
  const home = folder();
  await configure(home);
  await caro(home, 'guard', 'off');
  const startUs = Date.now() * 1_000;
  const record = (command: number, text: string, status: number) =>
    encodeSpoolRecord({ type: 'both', command, startedAt: startUs, endedAt: startUs, granularity: 1, status, text });
  const bytes = [record(0, 'echo needle', 0), record(1, 'make hay', 1), record(2, 'make hay', 1)];
  writeFileSync(join(home, 'data', 'spool', `bash.999999.${startUs}.0`), Buffer.concat(bytes), { mode: 0o600 });
  service = await startService(home);
  const found = (...more: readonly string[]) => caroJson<{ text: string }>(home, 'search', ...more);
  await until(
    () => found(),
    (list) => list.length === 2,
  );
  expect(await found('needle')).toMatchObject([{ text: 'echo needle', author: 'human' }]);
  expect(await found('needle', '--author', 'human')).toHaveLength(1);
  expect(await found('needle', '--author', 'agents')).toEqual([]);
  expect(await found('--failed')).toMatchObject([{ text: 'make hay' }]);
  const [today] = await caroJson<object>(home, 'week');
  expect(today).toMatchObject({ commands: 3, failures: 2, failing: [{ command: 'make hay', count: 2, fix: null }] });
  expect(today).toMatchObject({ digest: { asked: [], left: [] } });
});
