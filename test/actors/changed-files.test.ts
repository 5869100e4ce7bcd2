import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { gatherChanges } from '../../src/actors/collector/changed-files.ts';
import { yieldToEventLoop } from '../../src/bus/event-loop.ts';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const NAMES = Array.from({ length: 20 }, (_, shell) => `bash.${shell + 1}.1.0`);

test('changes of twenty shells at once are reported in a few batches, not one per write', async () => {
  const path = folder();
  const told: (readonly string[])[] = [];
  const gather = gatherChanges((files) => {
    told.push(files);
    return Promise.resolve();
  });
  const stop = openSpoolFolder(path, process.getuid?.() ?? 0).watch((name) => name !== null && gather(name));
  try {
    for (let write = 0; write < 10; write += 1) for (const name of NAMES) appendFileSync(join(path, name), 'x');
    await until(
      () => Promise.resolve(new Set(told.flat())),
      (names) => names.size === NAMES.length,
    );
    expect(told.length).toBeLessThan(10);
  } finally {
    stop();
  }
});

test('changes made while the reader is busy are reported afterwards, each file once', async () => {
  const told: (readonly string[])[] = [];
  let finish = (): void => undefined;
  const gather = gatherChanges((files) => {
    told.push(files);
    return new Promise((done) => {
      finish = done;
    });
  });
  gather('first');
  await yieldToEventLoop();
  expect(told).toEqual([['first']]);
  for (const name of ['second', 'first', 'second']) gather(name);
  await yieldToEventLoop();
  expect(told).toHaveLength(1);
  finish();
  await yieldToEventLoop();
  await yieldToEventLoop();
  expect(told).toEqual([['first'], ['second', 'first']]);
  finish();
});
