import { existsSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { temporaryFolders } from '../temporary-folder.ts';

const folder = temporaryFolders();
const made: string[] = [];
const found: boolean[] = [];

afterEach(() => {
  found.push(...made.map(existsSync));
});

test.each(['first', 'second'])('the folder of a test is empty, for the %s', () => {
  made.push(folder());
  expect(made.map(existsSync)).toEqual(made.map((_, index) => index === made.length - 1));
});

test('it is there until the hooks of its file have run, and gone when the next test begins', () => {
  expect(found).toEqual([true, false, true]);
  expect(made.map(existsSync)).toEqual([false, false]);
});
