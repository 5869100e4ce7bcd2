import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { parseSince } from '../../../src/cli/input/options.ts';
import { byteSize, duration, harmless, paint } from '../../../src/cli/output/output.ts';
import { sayTable } from '../../../src/cli/output/table.ts';
import { clipped, textWidthFor } from '../../../src/cli/output/text-width.ts';

const out = (env: Readonly<Record<string, string>>, isTTY: boolean, columns = 40) => ({
  env,
  stdout: Object.assign(new PassThrough(), { isTTY, columns }),
});

describe('text for a terminal', () => {
  test('obeys NO_COLOR, pipes and dumb terminals', () => {
    expect(paint(out({}, true), 'red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(paint(out({ NO_COLOR: '' }, true), 'red', 'x')).toContain('\u001b');
    for (const plain of [out({}, false), out({ NO_COLOR: '1' }, true), out({ TERM: 'dumb' }, true)]) {
      expect(paint(plain, 'red', 'x')).toBe('x');
    }
  });

  test('carries no escape sequence and no reordering out of a stored command', async () => {
    expect(harmless('a\u001b]0;x\u0007b\nc\u202ed\u009be\t.')).toBe('a\\u001b]0;x\\u0007b↵c\\u202ed\\u009be .');
    expect(await clipped('\u001b[2J', 100)).toBe('\\u001b[2J');
    expect(harmless('ordinary ünï 漢字 🙂')).toBe('ordinary ünï 漢字 🙂');
  });

  test('is cut to the width of a terminal and whole in a pipe', async () => {
    const columns = [
      { title: 'N', text: (row: string) => String(row.length), align: 'right' as const },
      { title: 'TEXT', text: (row: string) => row },
    ];
    const rows = ['short', 'x'.repeat(60)];
    const terminal = out({ NO_COLOR: '1' }, true);
    await sayTable(terminal, columns, rows);
    expect(String(terminal.stdout.read())).toBe(` N  TEXT\n 5  short\n60  ${'x'.repeat(35)}…\n`);
    const pipe = out({}, false);
    await sayTable(pipe, columns, rows);
    expect(String(pipe.stdout.read())).toBe(` N  TEXT\n 5  short\n60  ${'x'.repeat(60)}\n`);
  });

  test('is measured in columns, not characters, and cut between graphemes', async () => {
    const columns = [
      { title: 'A', text: (row: string) => row },
      { title: 'TEXT', text: (row: string) => row.repeat(12) },
    ];
    const terminal = out({ NO_COLOR: '1' }, true, 16);
    await sayTable(terminal, columns, ['ab', '漢字', 'e\u0301', '👩‍👩‍👧']);
    expect(String(terminal.stdout.read())).toBe(
      [
        'A     TEXT',
        'ab    ababababa…',
        '漢字  漢字漢字…',
        `e\u0301     ${'e\u0301'.repeat(9)}…`,
        `👩‍👩‍👧    ${'👩‍👩‍👧'.repeat(4)}…`,
        '',
      ].join('\n'),
    );
  });

  test('loads the table of widths only for text beyond ASCII', async () => {
    expect((await textWidthFor(['plain', '~ -'])).name).not.toBe('stringWidth');
    expect((await textWidthFor(['plain', 'ü'])).name).toBe('stringWidth');
  });

  test('tells sizes and times as people say them', () => {
    expect([0, 0.4, 999, 1_000, 59_999, 65_000, 7_380_000, 363_600_000].map(duration)).toEqual([
      '0 ms',
      '<1 ms',
      '999 ms',
      '1.0 s',
      '60.0 s',
      '1 min 5 s',
      '2 h 3 min',
      '4 d 5 h',
    ]);
    expect([0, 1_023, 1_024, 50_646_221].map(byteSize)).toEqual(['0 B', '1023 B', '1.0 KiB', '48.3 MiB']);
  });
});

describe('a time ago', () => {
  const since = parseSince(new Date('2026-03-04T05:06:07.008Z'));
  test.each([
    ['1h', '2026-03-04T04:06:07.008Z'],
    ['7d', '2026-02-25T05:06:07.008Z'],
    ['2w', '2026-02-18T05:06:07.008Z'],
    ['90s', '2026-03-04T05:04:37.008Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T09:00Z', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31T09:00:00+02:00', '2026-01-31T07:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(since(text)).toBe(iso);
  });

  test.each(['', '1', 'h', '1y', '-1h', '1.5h', '2026-13-01', '2026', 'now', '999999w'])(
    'is not read from %j',
    (text) => {
      expect(() => since(text)).toThrow('Expected a time ago');
    },
  );
});
