import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { riskRank } from '../../src/domain/events/risk-level.ts';
import { PLAIN_LINE } from '../../src/domain/guard/plain-lines.ts';
import { rate } from '../../src/risk/rate.ts';

const plain = new RegExp(PLAIN_LINE);
const first =
  /^\^\((.*?)\)\( \+/
    .exec(PLAIN_LINE)?.[1]
    ?.replaceAll(/\([^)]*\)\??/g, '')
    .split('|') ?? [];
/** Words that make other commands dangerous. */
const WORDS = [
  '-f',
  '--force',
  '-rf',
  '--hard',
  '-r',
  '..',
  '../..',
  'etc',
  'shadow',
  'id_rsa',
  'server.key',
  'pam_tty_audit.so',
  'main',
  '-c',
  '-s',
  '--all',
];
const SUBCOMMANDS = ['status', 'commit', 'add', 'pull', 'run', 'build', 'test', 'ps', 'logs', 'show', 'log'];
const PROGRAMS = [...new Set(first.map((text) => text.trim()).filter((text) => /^[a-z -]+$/.test(text)))];

test('no line that runs unrated is dangerous by a built-in rule', () => {
  expect(PROGRAMS.length).toBeGreaterThan(30);
  const words = fc.array(fc.constantFrom(...WORDS, ...SUBCOMMANDS), { maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...PROGRAMS), words, (program, rest) => {
      const line = [program, ...rest].join(' ');
      fc.pre(plain.test(line));
      expect(riskRank(rate(line, 'bash', { home: '/home/ann', cwd: '/home/ann' }).level)).toBeLessThan(
        riskRank('high'),
      );
    }),
    { numRuns: 2_000 },
  );
});

test.each(['cd src', 'git status', 'git commit -am fix', 'ls -la', 'npm run build', 'cd ../..'])(
  '%s runs unrated',
  (line) => expect(plain.test(line)).toBe(true),
);

test.each([
  ...[
    'ls; rm -rf /',
    'ls\nrm -rf /',
    'git push --force',
    'git add id_rsa',
    'cd ~/.ssh',
    'cat .env',
    'ls $(x)',
    'ls > /etc/passwd',
  ],
  ...['git status\r\nrm -rf /', 'PATH=x ls', 'ls "x"', 'sudo ls', 'ls /', 'git status &'],
])('%j is rated', (line) => expect(plain.test(line)).toBe(false));
