import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { KeyLines, type KeyPath } from '../../src/config/key-lines.ts';

describe('the line of a key', () => {
  const text = `# first
title = "a # b [c]"
'quo.ted'.sub = 1
[a.b]  # header
x = """
[no]
y = 1 \\""" ""\\"
"""
list = [ # comment ]
  1,
  [2,
   3],
  { deep = true, "k\\u0065y" = '}' },
]
[[items]]
name = 'one'
[[items]]
[items.sub]
name = '''two'''
[[items.parts]]
p = 1979-05-27 07:32:00
`;
  const cases: readonly (readonly [KeyPath, number])[] = [
    [['title'], 2],
    [['quo.ted'], 3],
    [['quo.ted', 'sub'], 3],
    [['a'], 4],
    [['a', 'b', 'x'], 5],
    [['a', 'b', 'list'], 9],
    [['a', 'b', 'list', 0], 10],
    [['a', 'b', 'list', 1, 1], 12],
    [['a', 'b', 'list', 2, 'key'], 13],
    [['items', 0], 15],
    [['items', 0, 'name'], 16],
    [['items', 1], 17],
    [['items', 1, 'sub', 'name'], 19],
    [['items', 1, 'parts', 0, 'p'], 21],
    [['items', 1, 'missing'], 17],
    [['no'], 1],
  ];
  test.each(cases)('%j stands on line %i', (path, line) => {
    parse(text);
    expect(new KeyLines(text).lineOf(path)).toBe(line);
  });

  test('is the same with Windows line endings and a byte order mark', () => {
    expect(new KeyLines('\uFEFFa = 1\r\n[b]\r\nc = 2\r\n').lineOf(['b', 'c'])).toBe(3);
  });

  test('is found for every key of any document, and is the line that writes the key', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__');
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
    const value = fc.letrec<{ table: Record<string, unknown>; any: unknown }>((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, leaf, tie('table'), fc.array(tie('table'), { minLength: 1, maxLength: 3 })),
      table: fc.dictionary(key, tie('any'), { maxKeys: 3 }),
    })).table;
    fc.assert(
      fc.property(value, (document) => {
        const toml = stringify(document);
        const lines = new KeyLines(toml);
        for (const path of leaves(parse(toml), [])) {
          const line = toml.split('\n')[lines.lineOf(path) - 1] ?? '';
          const name = String(path.at(-1));
          const written = /^[\w-]+$/.test(name) ? name : JSON.stringify(name).slice(1, -1);
          if (!/[^\x20-\x7e]/.test(written)) expect([path, line]).toEqual([path, expect.stringContaining(written)]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Paths of all keys whose value is no table. */
function leaves(value: unknown, path: KeyPath): readonly KeyPath[] {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object')) {
    return value.flatMap((item, index) => leaves(item, [...path, index]));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return typeof path.at(-1) === 'string' ? [path] : [];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}
