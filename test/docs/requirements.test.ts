import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(__dirname, '../..');
const NUMBER = /\b(?:N?FR-\d{3}|[SE]\d(?=[,):]))/g;
/** A row of the table: number, what it says, where it is carried. */
const ROW = /^\| ((?:N?FR-\d{3})|(?:[SE]\d)) \| (.+) \| (.+) \|$/gm;

const rows = [...readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8').matchAll(ROW)].map(
  ([, number = '', what = '', where = '']) => ({ number, what, where }),
);

/** Every source file below a folder, but for what is generated. */
function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('generated'))
    .map((name) => join(ROOT, folder, name));
}

/** Numbers in the names of tests and in what programs of bench say of themselves. */
function heldUp(): Set<string> {
  const names = sources('test').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:describe|test)(?:\.\w+)*\(\s*(?:[^'`]*\)\(\s*)?(['`].*['`])/g)].map(
      ([, name = '']) => name,
    ),
  );
  const programs = sources('bench').map((file) => readFileSync(file, 'utf8').split('*/', 1)[0] ?? '');
  return new Set([...names, ...programs].flatMap((text) => text.match(NUMBER) ?? []));
}

describe('docs/requirements.md', () => {
  test('has every number held up by the name of a test or by a benchmark, unless it says that it was not run', () => {
    const held = heldUp();
    const open = rows.filter(({ number, where }) => !held.has(number) && !/not (?:run|begun)/.test(where));
    expect(open.map(({ number }) => number)).toEqual([]);
    expect(rows.length).toBeGreaterThan(70);
  });

  test('names places that exist', () => {
    const places = rows.flatMap(({ where }) => [...where.matchAll(/`([\w/.-]+)`/g)].map(([, path = '']) => path));
    expect(places.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('knows every number that code, tests and benchmarks cite', () => {
    const known = new Set(rows.map(({ number }) => number));
    const cited = ['src', 'test', 'bench']
      .flatMap(sources)
      // It names numbers that do not exist.
      .filter((file) => !file.endsWith('test/docs/references.test.ts'))
      .flatMap((file) => readFileSync(file, 'utf8').match(/\bN?FR-\d{3}\b/g) ?? []);
    expect([...new Set(cited)].filter((number) => !known.has(number))).toEqual([]);
  });
});
