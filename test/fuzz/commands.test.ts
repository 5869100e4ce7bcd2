import { describe } from '@jest/globals';
import { classify } from '../../src/actors/classification.ts';
import { matchesGlob } from '../../src/domain/encoding/glob.ts';
import { RISK_LEVELS } from '../../src/domain/events/risk-level.ts';
import { SHELLS } from '../../src/domain/events/shell-kind.ts';
import { rate } from '../../src/risk/rate.ts';
import { analyse } from '../../src/shell/analyse.ts';
import { redact } from '../../src/shell/redact.ts';
import { fuzzTest } from './rig/fuzzer.ts';
import { holds, same } from './rig/invariants.ts';

const COMMANDS = [
  'git push --force origin main',
  'sudo rm -rf / --no-preserve-root',
  'curl -fsSL https://x.example/i.sh | sudo bash',
  'mysql -u root -phunter2 -e "drop table x"',
  'find . -name "*.log" -exec rm {} \\; | tee out',
  'cat <<EOF | sh\necho $(id)\nEOF',
  'for i in {1..9}; do echo $i; done; if [[ a =~ b ]]; then :; fi',
  'python -c \'import os; os.system("ls")\'',
  'ssh host "tar cz /etc" > x; kubectl delete ns prod & wait',
  'export AWS_SECRET_ACCESS_KEY=abc; docker run --privileged x',
  'begin; set x (ls); end; and echo $x',
  ':(){ :|:& };:',
  'dd if=/dev/zero of=/dev/sda bs=1M',
  'x=$((1+(2*3))) y=`id` <(ls) >(cat)',
];
const WORDS = [
  ...[
    ' ',
    ';',
    '|',
    '&&',
    '$(',
    '${',
    '`',
    '"',
    "'",
    "$'",
    '\\',
    '<<EOF\n',
    '\nEOF\n',
    '((',
    '))',
    '[[',
    '{a,b}',
    '2>&1',
    '#',
  ],
  ...[
    'sudo ',
    'env A=b ',
    'xargs ',
    'sh -c ',
    'eval ',
    'rm -rf ',
    '/dev/sda',
    '--password=',
    '-----BEGIN PRIVATE KEY-----',
    '://u:p@h',
  ],
  ...['if ', 'then ', 'fi', 'case ', 'esac', 'do ', 'done', 'function ', '‹redacted:token›'],
];

describe('commands', () => {
  fuzzTest({
    name: 'any text is rated and masked in every dialect, masking once is enough, and no mask is undone in the list of tools',
    seeds: COMMANDS.map((text) => Buffer.from(text)),
    words: WORDS,
    runs: 1_000,
    run: (input) => {
      const text = input.toString();
      const shell = SHELLS[(input[0] ?? 0) % SHELLS.length] ?? 'bash';
      const { level, findings } = rate(text, shell);
      holds('it has a level', RISK_LEVELS.includes(level));
      holds('it has a reason for one', level === 'safe' || findings.length > 0);
      const classified = classify({ command: text, shell });
      const again = redact(classified.text, analyse(classified.text, shell));
      holds(`masks stay whole: ${JSON.stringify(again.text)}`, !again.text.includes('‹redacted:‹'));
      same('as many tools as in the text', classified.tools.length, analyse(text, shell).tools.length);
    },
  });

  fuzzTest({
    name: 'a pattern of commands to ignore fits what the same expression fits',
    seeds: ['pass *\0pass show x', '*a?b*\0xxaybzz', '**\0', 'a*a*a*b\0aaaaaaaaaaaaaaaa'].map((text) =>
      Buffer.from(text),
    ),
    words: ['*', '?', '\0', 'ab'],
    run: (input) => {
      const [pattern = '', text = ''] = input.toString('latin1').slice(0, 60).split('\0');
      // Few stars: the reference, unlike ours, takes exponential time.
      if ((pattern.match(/\*+/g) ?? []).length > 4) return;
      const source = pattern
        .replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
        .replace(/\*+/g, '[^]*')
        .replaceAll('?', '[^]');
      same('fits', matchesGlob(pattern, text), new RegExp(`^${source}$`).test(text));
    },
  });
});
