import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../../src/risk/assess.ts';
import { CustomRuleSet } from '../../../src/risk/custom/custom-rule-set.ts';
import { readRuleFile } from '../../../src/risk/custom/rule-files.ts';
import { MAX_RULE_BYTES, readYaml, YamlFault } from '../../../src/risk/custom/yaml-values.ts';
import { analyse } from '../../../src/shell/analyse.ts';
import { reasonOf, selecting, usable } from './sigma.ts';

describe('hostile YAML', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghij'[at]}`).join(', ')}]`),
  ].join('\n');
  test.each([
    ['a billion laughs', bomb, 'aliases'],
    ['an anchor inside itself', 'a: &a [*a]', 'levels'],
    ['deep brackets', '['.repeat(5_000), 'expected'],
    ['deep mappings', Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), 'levels'],
    ['many values', `a: [${'x,'.repeat(20_000)}]`, 'values'],
    ['many documents', '---\na\n'.repeat(100), 'documents'],
    ['a large file', `a: ${'x'.repeat(MAX_RULE_BYTES)}`, 'KiB'],
    ['a key twice', 'title: a\ntitle: b', 'twice'],
    ['a tag', 'a: !!js/function "x"', 'tag'],
    ['a private tag', 'a: !x y', 'tag'],
    ['a key that is a list', '? [a]\n: b', 'key'],
    ['a tab', 'a:\n\tb: c', 'expected YAML'],
    ['a torn quote', 'a: "b', 'expected YAML'],
  ])('%s is refused with a reason that quotes nothing', (_what, text, reason) => {
    const [rule, ...others] = readRuleFile({ name: 'x.yml', text });
    expect(others).toEqual([]);
    expect(rule).toMatchObject({ id: null, reason: expect.stringContaining(reason) });
  });

  test('names that mean something to JavaScript are plain keys', () => {
    const [value] = readYaml('__proto__: {polluted: yes}\nconstructor: x\ntitle: y');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'title']);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(reasonOf('__proto__: {title: x}\nlevel: __proto__')).toContain('title');
    expect(reasonOf(selecting('constructor|toString: x'))).toContain('"toString"');
  });

  test('a reason that quotes the rule is one short line', () => {
    const name = `"a\\n\\e[31m${'b'.repeat(900)}"`;
    const reason = reasonOf(
      `title: x\nlogsource: {category: process_creation}\ndetection:\n    ${name}: x\n    condition: all of a*`,
    );
    expect(reason).toMatch(/^expected fields or a list in the selection "a \[31mb+$/);
    expect(reason.length).toBe(300);
  });

  test('whatever a file holds, it is read or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc
            .array(
              fc.constantFrom(
                'a',
                ':',
                ' ',
                '\n',
                '- ',
                '[',
                ']',
                '{',
                '}',
                '&x',
                '*x',
                '!',
                '|',
                '>',
                '"',
                "'",
                '#',
                '---\n',
                '? ',
              ),
              { maxLength: 40 },
            )
            .map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            readYaml(text);
          } catch (error) {
            expect(error).toBeInstanceOf(YamlFault);
          }
        },
      ),
    );
  });
});

describe('hostile expressions', () => {
  const LINE = `echo ${'a'.repeat(100_000)}!`;
  test.each([
    '(a+)+$',
    '(a|a)*$',
    '(a|aa)+$',
    '(.*a){20}x',
    '(a*)*b',
    '([a-zA-Z]+)*$',
    'a{0,500}a{0,500}$',
    '(x+x+)+y',
  ])('%s ends on 100,000 characters that a backtracking engine never gets through', (pattern) => {
    const rule = usable(selecting(`CommandLine|re: '${pattern}'`));
    const set = new CustomRuleSet([rule], { system: 'linux', user: null });
    expect(() => assess(analyse(LINE, 'bash'), {}, set)).not.toThrow();
  });

  test('wildcards are no way around: *a*a*a* ends too', () => {
    const rule = usable(selecting(`CommandLine: '${'*a'.repeat(200)}*b'`));
    const set = new CustomRuleSet([rule], { system: 'linux', user: null });
    expect(assess(analyse(LINE, 'bash'), {}, set).findings.map(({ rule: id }) => id)).toEqual([]);
  });

  test('a counted repetition that would need too large a program is refused', () => {
    expect(reasonOf(selecting("CommandLine|re: '((a{1,100}){1,100}){1,100}'"))).toContain('repeats too often');
  });

  test('a line that needs more work than allowed is rated as one that cannot be read completely', () => {
    const rules = Array.from({ length: 200 }, (_, index) =>
      usable(selecting(`CommandLine|re: 'x${index}y'`), `r${index}.yml`),
    );
    const set = new CustomRuleSet(rules, { system: 'linux', user: null });
    const { level, findings } = assess(analyse(`echo ${'ab '.repeat(60_000)}`, 'bash'), {}, set);
    expect(findings.map(({ rule }) => rule)).toEqual(['evasion.unreadable']);
    expect(level).toBe('moderate');
  });
});

test.each(['\\pL{1000}'.repeat(20), '(a|b|c){900}'.repeat(4), '((a{30}){30})'.repeat(20), '.{1000}'.repeat(500)])(
  'a regular expression that needs much memory is refused with its size: %.40s',
  (pattern) => {
    const reason = reasonOf(selecting(`CommandLine|re: '${pattern}'`));
    expect(reason).toMatch(/too large: expected at most 10000 steps, got \d+/);
  },
);

test('a regular expression of an ordinary size is used', () => {
  const rule = usable(selecting("CommandLine|re: 'a{1,200}[a-z]{3}\\{9999}\\{9999}'"));
  expect(rule.title).toBe('A test rule');
});
