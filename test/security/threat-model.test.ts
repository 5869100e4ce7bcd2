import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(__dirname, '../..');
const MODEL = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
/** A promise names its test as `file` "name". */
const NAMED = /`(test\/[\w/.-]+\.test\.ts)` "([^"]+)"/g;

test('every promise of the threat model names a test that exists', () => {
  const named = [...MODEL.matchAll(NAMED)].map(([, file = '', name = '']) => [file, name] as const);
  expect(named.length).toBeGreaterThan(40);
  const missing = named.filter(([file, name]) => {
    const path = join(ROOT, file);
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(`'${name}'`);
  });
  expect(missing).toEqual([]);
});

test('no promise goes without one', () => {
  const promises = MODEL.split(/\n(?=- |\n)/).filter((block) => block.startsWith('- ') && !/^## /m.test(block));
  const open = MODEL.slice(MODEL.indexOf('## What is left open'));
  const unheld = promises.filter((promise) => !open.includes(promise.trim()) && !/`test\//.test(promise));
  expect(unheld).toEqual([]);
});
