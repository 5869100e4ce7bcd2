import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { analyse } from '../../../src/shell/analyse.ts';
import { redact } from '../../../src/shell/redact.ts';
import { ALPHABETS, MARKED_FORMATS, VENDOR_FORMATS } from '../../../src/shell/secrets/formats/vendor-formats.ts';

const masked = (command: string): string => redact(command, analyse(command, 'bash')).text;

/** The body as a pattern that strings can be generated from: without assertions, bounded. */
const pattern = (body: string): RegExp => {
  const source = body
    .replace(/\(\?[=!](?:<\w+>|\[[^\]]*\]|[^()[\]])*\)/g, '')
    .replace(/\|\(\?<none>\)/g, '')
    .replace(
      /<(\w+)>(\d+)?/g,
      (_, name: string, least?: string) => `${ALPHABETS[name] ?? ''}${least ? `{${least}}` : ''}`,
    )
    .replace(/\{(\d+),\}/g, '{$1}');
  return new RegExp(`^${source}$`);
};

/** Places without the name of a secret. */
const PLACES: readonly ((token: string) => string)[] = [
  (token) => `./deploy.sh '${token}' prod`,
  (token) => `printf %s "${token}" | ./tool`,
  (token) => `cat <<'EOF' > x\nvalue ${token}\nEOF`,
  (token) => `bash -c "run '${token}'"`,
];

const check = (token: string, place: (token: string) => string): void => {
  const command = place(token);
  const text = masked(command);
  expect({ command, text: text.includes(token) || text.includes(token.slice(-8)) }).toEqual({ command, text: false });
};

const token = (before: string, prefix: string, after: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.stringMatching(pattern(before)), fc.stringMatching(pattern(after)))
    .map(([head, tail]) => `${head}${prefix}${tail}`)
    // `sk-` needs a digit, as an old Vault token does: words of that length exist.
    .filter((text) => /\d/.test(text));

describe('tokens with a published format', () => {
  test.each(VENDOR_FORMATS.map(([kind, prefix, body]) => [kind, prefix, body] as const))(
    '%s %s is masked to its end, wherever it stands',
    (_, prefixes, body) => {
      for (const prefix of prefixes.split(' '))
        fc.assert(
          fc.property(token('', prefix, body), fc.constantFrom(...PLACES), (text, place) => {
            check(text, place);
          }),
          { numRuns: 12, seed: 17 },
        );
    },
  );

  test.each(MARKED_FORMATS.map(([kind, mark, before, after]) => [kind, mark, before, after] as const))(
    '%s with %s inside is masked to its end',
    (_, mark, before, after) => {
      fc.assert(
        fc.property(token(before, mark, after), fc.constantFrom(...PLACES), (text, place) => {
          check(text, place);
        }),
        { numRuns: 12, seed: 17 },
      );
    },
  );

  test('each row names its source, and a prefix belongs to one kind', () => {
    const kinds = new Map<string, string>();
    for (const [kind, prefixes, , source] of VENDOR_FORMATS) {
      expect(source).toMatch(/\w{3}/);
      for (const prefix of prefixes.split(' ')) {
        expect([kind, undefined]).toContain(kinds.get(prefix));
        kinds.set(prefix, kind);
      }
    }
  });
});
