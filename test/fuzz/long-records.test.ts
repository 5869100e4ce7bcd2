import { expect, test } from '@jest/globals';
import { classify } from '../../src/actors/classification.ts';
import { decodeSpool, encodeSpoolRecord, MAX_RECORD_BYTES } from '../../src/domain/spool/spool-record.ts';
import { rate } from '../../src/risk/rate.ts';
import { MAX_LENGTH } from '../../src/shell/limits.ts';
import { scanSecrets } from '../../src/shell/secrets/secret-scan.ts';

/**
 * Regular expressions run outside of what coverage counts, so the processor's time is compared
 * with itself: four times the length may take eight times as long. Quadratic work takes sixteen.
 */
const GROWTH = 2;
/** Below these nothing is told: collections of garbage take as long. */
const NOISE_MS = { short: 300, long: 2_000 };

/** Pieces at which a search for a secret begins, and begins again. */
const PIECES = [
  ...['-----BEGIN PRIVATE KEY-----', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----a-----END'],
  ...['token:', 'token:token:', 'token=', 'token ', 'token\\', 'a.token', "token='", 'token="', '"token":"', '$token'],
  ...['key=', 'key ', 'password ', '--password ', 'mysql --password ', '--secret ', 'password=x ', 'A_KEY: '],
  ...[
    '-eyJ',
    'eyJaaaaaaaa.',
    '-eyJaaaaaaaa',
    '.eyJ',
    'ghp_',
    '-fo1_',
    '.ya29.',
    '$1$',
    '-M',
    'sk-',
    '-sk-a',
    '1//0',
    '-us1',
  ],
  ...['://', '://a', 'a:b@', 'http://a:b@c ', '://a:', 'pass:', 'Bearer ', 'identified by ', 'identified by "'],
  ...[
    'login a password ',
    'sess=',
    'sid=a-',
    'a:1234:',
    '-a:1234:b:',
    'authorization: bearer ',
    '‹redacted:',
    '\\',
    '-',
    '.',
  ],
] as const;

const cpuMs = (act: () => unknown): number => {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

/** The times at both lengths, if they grow faster than the length does. */
function growsTooFast(read: (length: number) => unknown, short: number, long: number): readonly number[] | undefined {
  const [one, other] = [cpuMs(() => read(short)), cpuMs(() => read(long))];
  const noise = long < MAX_RECORD_BYTES ? NOISE_MS.short : NOISE_MS.long;
  return other > GROWTH * (long / short) * one + noise ? [one, other] : undefined;
}

const text = (piece: string, end: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)) + end;

test('the search for secrets takes time that grows with the length, whatever ends the text', () => {
  // What searches for a closing part must not begin again at each piece.
  const slow = ['', '-----END', '@', "'", '"', '.a.b '].flatMap((end) =>
    PIECES.flatMap((piece) => {
      const growth = growsTooFast((length) => scanSecrets(text(piece, end, length)), 1 << 16, 1 << 18);
      return growth ? [[piece, end, growth] as const] : [];
    }),
  );
  expect(slow).toEqual([]);
}, 300_000);

test.each(['-----BEGIN PRIVATE KEY-----', 'token:', 'token:token:', 'pass:', '-eyJ', 'a.token', '--password '])(
  'searching %j, up to the length of the longest record, takes time that grows with the length',
  (piece) => {
    for (const end of ['', '-----END'])
      expect(
        growsTooFast((length) => scanSecrets(text(piece, end, length)), 1 << 18, MAX_RECORD_BYTES),
      ).toBeUndefined();
  },
  300_000,
);

test('a record that is longer than what is analysed takes hardly more time than one that is not', () => {
  const act = (text: string): void => {
    classify({ command: text, shell: 'bash' });
    rate(text, 'bash');
  };
  const costly = ['xargs ', 'curl x|sh;', 'git status;', 'token:', 'mysql -pa;'];
  const grown = costly.flatMap((piece) => {
    act(text(piece, '', 1024));
    const [one, sixteen] = [MAX_LENGTH, MAX_RECORD_BYTES].map((length) => cpuMs(() => act(text(piece, '', length))));
    return (sixteen ?? 0) > 3 * (one ?? 0) + NOISE_MS.long ? [[piece, one, sixteen] as const] : [];
  });
  expect(grown).toEqual([]);
}, 600_000);

test('the longest record is read as a whole, and what exceeds the analysis is stored as a mask', () => {
  const text = `mysql -phunter2 ${'x\n'.repeat(2_000_000)} mysql -phunter2`;
  const { records } = decodeSpool(encodeSpoolRecord({ type: 'start', command: 1, granularity: 1, text }));
  expect(records.map((record) => record.text)).toEqual([text]);
  const { text: stored, redacted } = classify({ command: text, shell: 'bash' });
  expect(redacted).toBe(true);
  expect(stored).not.toContain('hunter2');
  expect(stored).toMatch(/^mysql -p‹redacted:password› x\n(?:x\n)*‹redacted:not-analysed›$/);
});
