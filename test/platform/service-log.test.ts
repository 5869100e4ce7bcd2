import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openLog } from '../../src/platform/service-log.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();

/** What the log keeps of an error. */
async function logged(error: Error): Promise<{ readonly text: string; readonly frames: readonly string[] }> {
  const file = join(folder(), 'caro.log');
  const log = openLog(file);
  log.error({ err: error }, 'failed');
  await log.close();
  const text = readFileSync(file, 'utf8');
  const { err } = JSON.parse(text) as { readonly err: { readonly frames: readonly string[] } };
  return { text, frames: err.frames };
}

test('the log keeps the frames of an error, but no line of its message', async () => {
  const { text, frames } = await logged(new Error('near\n    at CANARY (/tmp/CANARY:1:1)\n'));
  expect(text).not.toContain('CANARY');
  expect(frames[0]).toContain('service-log.test.ts');
});

test('the log keeps no frames of an error whose message was replaced', async () => {
  const error = new Error('near\n    at CANARY (/tmp/CANARY:1:1)');
  expect(error.stack).toContain('CANARY');
  error.message = 'another';
  const { text, frames } = await logged(error);
  expect(text).not.toContain('CANARY');
  expect(frames).toEqual([]);
});
