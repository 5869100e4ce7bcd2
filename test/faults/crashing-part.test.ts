import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { Sqlite } from '../../src/storage/sqlite.ts';
import { caro, configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { expectWhole, startService, stored, type Typist, typist } from './rig/rig.ts';

const folder = temporaryFolders();
let shells: Typist | undefined;
afterEach(() => shells?.end());

test('a part that crashes repeatedly is disabled and shown while the others continue; the next start restores it', async () => {
  const home = folder();
  await configure(home);
  shells = typist(home, 1);
  const service = await startService(home);
  const socket = join(home, 'run', 'admin.sock');
  rename('summary', 'summary_gone');
  const state = async (): Promise<string> => {
    await callAdmin(socket, 'summary.list', {}).catch(() => undefined);
    const { actors } = await callAdmin(socket, 'service.status', {});
    return actors.find(({ name }) => name === 'summarizer')?.state ?? '';
  };
  await until(state, (now) => now === 'degraded', 30_000);
  shells.type(0);
  await stored(home, 1);
  const { actors } = await callAdmin(socket, 'service.status', {});
  expect(actors.filter(({ state: now }) => now !== 'running')).toEqual([
    expect.objectContaining({ name: 'summarizer', state: 'degraded' }),
  ]);
  expect((await caro(home, 'status')).stdout).toContain('summarizer is degraded');
  expect((await caro(home, 'doctor')).stdout).toContain('summarizer');
  const [record] = await callAdmin(socket, 'audit.list', { type: 'actor.degraded', limit: 1 });
  expect(record?.details).toEqual({ actor: 'summarizer' });
  rename('summary_gone', 'summary');
  expect(await service.stop()).toBe(0);
  const next = await startService(home);
  expect(await callAdmin(socket, 'summary.list', {})).toEqual([]);
  expect((await callAdmin(socket, 'service.status', {})).actors.filter(({ state: now }) => now !== 'running')).toEqual(
    [],
  );
  expect(await next.stop()).toBe(0);
  expectWhole(home, shells.typed);

  function rename(from: string, to: string): void {
    const database = new Sqlite(join(home, 'data', 'caro.db'));
    database.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
    database.close();
  }
});
