import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(__dirname, '../..');
const MODEL = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
/** A promise names its test as `file` "name", which may be wrapped. */
const NAMED = /`(test\/[\w/.-]+\.test\.ts)` "([^"]+)"/g;

test('every promise of the threat model names a test that exists', () => {
  const named = [...MODEL.replaceAll(/\s+/g, ' ').matchAll(NAMED)].map(
    ([, file = '', name = '']) => [file, name] as const,
  );
  expect(named.length).toBeGreaterThan(40);
  const missing = named.filter(([file, name]) => {
    const path = join(ROOT, file);
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(`'${name}'`);
  });
  expect(missing).toEqual([]);
});

/** Sections whose lists are not promises. */
const NO_PROMISES = ['What is trusted', 'What is left open'];

test('every promise names a test', () => {
  const sections = MODEL.split(/^## /m).filter((section) => !NO_PROMISES.some((title) => section.startsWith(title)));
  const promises = sections.flatMap((section) =>
    (section.split('\nNot promised')[0] ?? '').split(/\n(?=- |\n)/).filter((block) => block.startsWith('- ')),
  );
  expect(promises.length).toBeGreaterThan(40);
  expect(promises.filter((promise) => !promise.includes('`test/'))).toEqual([]);
});
