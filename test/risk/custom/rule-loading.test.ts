import { describe, expect, test } from '@jest/globals';
import { assess } from '../../../src/risk/assess.ts';
import { CustomRuleSet } from '../../../src/risk/custom/custom-rule-set.ts';
import { readRuleFile, readRules } from '../../../src/risk/custom/rule-files.ts';
import { analyse } from '../../../src/shell/analyse.ts';
import { reasonOf, selecting, sigma, usable } from './sigma.ts';

const ANY = selecting('Image|endswith: /crontab');

describe('what a rule says of itself', () => {
  test('gives its id, title, level, techniques and advice', () => {
    const text = ANY.replace(
      'level: high',
      'level: critical\nadvice: Use the\n    scheduler.\ntags:\n    - attack.persistence\n    - attack.t1053.003\n    - attack.T1059\n    - cve.2024-1',
    );
    expect(usable(text, 'linux/My Rule.yml')).toMatchObject({
      id: 'organisation.my-rule',
      title: 'A test rule',
      level: 'critical',
      techniques: ['T1053.003', 'T1059'],
      advice: 'Use the scheduler.',
      system: 'linux',
      notes: [],
    });
  });

  test.each([
    ['informational', 'safe'],
    ['low', 'safe'],
    ['medium', 'moderate'],
    ['high', 'high'],
    ['critical', 'critical'],
  ])('the level %s becomes %s', (level, ours) => {
    expect(usable(ANY.replace('level: high', `level: ${level}`)).level).toBe(ours);
  });

  test('a rule without a level is moderate', () => {
    expect(usable(ANY.replace('level: high', '')).level).toBe('moderate');
  });

  test('a title cannot carry control characters or another line to the screen', () => {
    expect(usable(ANY.replace('A test rule', '"a\\e[31m\\u202e\\nb"')).title).toBe('a [31m b');
  });

  test('several documents of a file are several rules', () => {
    const rules = readRuleFile({ name: 'two.yml', text: `${ANY}---\n${ANY}` });
    expect(rules.map(({ id }) => id)).toEqual(['organisation.two', 'organisation.two-2']);
  });

  test('the first of two rules with one name counts', async () => {
    const files = ['a/x.yml', 'b/X.yml'].map((name) => ({ name, text: ANY }));
    const { rules, unusable } = await readRules({ files, refused: [] });
    expect(rules.map(({ file }) => file)).toEqual(['a/x.yml']);
    expect(unusable).toEqual([
      expect.objectContaining({ file: 'b/X.yml', reason: expect.stringContaining('a/x.yml') }),
    ]);
  });
});

describe('rules that cannot be used', () => {
  const field = (entry: string): string => selecting(entry);
  test.each([
    ['no mapping', 'just text', 'got "just text"; a rule is a mapping with title'],
    ['a list', '- a', 'expected a Sigma rule, got a list'],
    ['no title', ANY.replace('A test rule', ''), 'title'],
    ['another category', ANY.replace('process_creation', 'file_event'), 'process_creation'],
    ['another system', ANY.replace('linux', 'windows'), '"windows"'],
    ['the log of a service', ANY.replace('product: linux', 'product: linux\n    service: auditd'), '"auditd"'],
    ['a withdrawn rule', ANY.replace('level: high', 'status: deprecated'), '"deprecated"'],
    ['a level that is a list', ANY.replace('level: high', 'level: [high]'), 'critical, got a list'],
    ['an unknown level', ANY.replace('level: high', 'level: huge'), 'critical, got "huge"'],
    ['a correlation', 'title: x\ncorrelation:\n    type: event_count', 'correlation'],
    ['a filter', 'title: x\nfilter:\n    rules: y', 'filter'],
    ['a collection', `action: global\n${ANY}`, 'action'],
    ['a timeframe', sigma('a:\n    Image: x\ntimeframe: 5m\ncondition: a'), 'timeframe'],
    ['no detection', ANY.slice(0, ANY.indexOf('detection:')), 'detection'],
    ['no condition', sigma('a:\n    Image: x'), 'condition'],
    ['an empty selection', sigma('a: {}\ncondition: a'), 'expected fields'],
    ['a selection that is text', sigma('a: x\ncondition: a'), 'expected fields or a list'],
    ['fields and words', sigma('a:\n    - x\n    - Image: y\ncondition: a'), 'got both'],
    ['a value that is a mapping', field('Image: {a: b}'), 'expected text as the value of Image, got a mapping'],
    ['a network', field('DestinationIp|cidr: 10.0.0.0/8'), 'cidr'],
    ['a number', field('CommandLine|gt: 5'), '"gt"'],
    ['two fields', field('Image|fieldref: CommandLine'), 'fieldref'],
    ['a placeholder', field("User|expand: '%admins%'"), 'placeholders'],
    [
      'a misspelt modifier',
      field('CommandLine|contain: x'),
      '"contain" is not known; known are contains, startswith, endswith',
    ],
    ['two places', field('CommandLine|contains|startswith: x'), 'exclude each other'],
    ['UTF-16 alone', field('CommandLine|wide: x'), 'base64offset'],
    ['a look-ahead', field("CommandLine|re: 'a(?!b)'"), 'looks ahead'],
    ['a back reference', field(String.raw`CommandLine|re: '(a)\1'`), 'refers back'],
    ['a broken expression', field("CommandLine|re: '(a'"), 'has a mistake: missing closing ): `(a`; correct it'],
    ['a broken class', field("CommandLine|re: '[a'"), 'has a mistake: missing closing ]'],
    ['a possessive repetition', field("CommandLine|re: 'a++'"), 'linear time'],
    ['too many repetitions', field("CommandLine|re: '(a{1000}){1000}'"), 'repeats too often'],
    ['a parent', field('ParentImage|endswith: /java'), 'ParentImage, which is unknown for a shell command'],
    ['a negated parent', sigma('a:\n    Image: x\nb:\n    ParentImage: y\ncondition: a and not b'), 'ParentImage'],
  ])('%s', (_what, text, reason) => {
    expect(reasonOf(text)).toContain(reason);
  });

  test('a field that is not known matters only where the rule depends on it', () => {
    const text = sigma(
      'a:\n    Image|endswith: /curl\nfilter:\n    ParentImage: /usr/bin/apt\n    CommandLine|contains: deb\ncondition: a and not filter',
    );
    const rule = usable(text);
    expect(rule.notes).toEqual([expect.stringContaining('ParentImage')]);
    const set = new CustomRuleSet([rule], { system: 'linux', user: null });
    const found = (line: string): number =>
      assess(analyse(line, 'bash'), {}, set).findings.filter(({ family }) => family === 'organisation').length;
    expect(found('curl http://x')).toBe(1);
    expect(found('curl http://x.deb')).toBe(0);
  });
});

describe('custom rules and the built-in ones', () => {
  const rate = (level: string, line: string) =>
    assess(
      analyse(line, 'bash'),
      {},
      new CustomRuleSet([usable(selecting('Image|endswith: /rm').replace('level: high', `level: ${level}`))], {
        system: 'linux',
        user: null,
      }),
    );

  test('a custom rule raises the level and never lowers it', () => {
    expect(rate('critical', 'rm x').level).toBe('critical');
    expect(rate('low', 'rm -rf /').level).toBe(assess(analyse('rm -rf /', 'bash')).level);
    expect(rate('medium', 'rm -rf /').level).toBe('critical');
  });

  test('a rule of level low names a safe command and leaves it safe', () => {
    const { level, findings } = rate('low', 'rm build.log');
    expect(level).toBe('safe');
    expect(findings.map(({ rule }) => rule)).toEqual(['organisation.test']);
  });
});
