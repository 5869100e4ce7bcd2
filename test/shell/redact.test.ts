import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { analyse } from '../../src/shell/analyse.ts';
import { redact } from '../../src/shell/secrets/redact.ts';
import { ordinaryCommands, secretsInContext } from './redact-corpus.ts';

const masked = (command: string): string => redact(command, analyse(command, 'bash')).text;

describe('secrets', () => {
  const corpus = secretsInContext();

  test('at least 99 % of several hundred in context are masked', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(300);
    const missed = corpus.filter(({ command, secret }) => masked(command).includes(secret));
    expect(missed.map(({ command }) => command).slice(0, Math.floor(corpus.length / 100))).toEqual(
      missed.map(({ command }) => command),
    );
  });

  test('masking is idempotent', () => {
    for (const { command } of corpus) expect(masked(masked(command))).toBe(masked(command));
  });

  test('text around a secret stays', () => {
    for (const [command, expected] of [
      ['mysql -u root -phunter2 shop', 'mysql -u root -p‹redacted:password› shop'],
      ['mysql --password=hunter2', 'mysql --password=‹redacted:password›'],
      ["export DB_PASSWORD='a b c'; ls", "export DB_PASSWORD='‹redacted:password›'; ls"],
      ['curl -u "bob:pa ss" x', 'curl -u "bob:‹redacted:password›" x'],
      ['curl -H "Authorization: Bearer abcdef123456" x', 'curl -H "Authorization: Bearer ‹redacted:token›" x'],
      ['git clone https://bob:hunter2@h/x.git', 'git clone https://bob:‹redacted:password›@h/x.git'],
      ['curl -d \'{"password":"hunter2","b":1}\' x', 'curl -d \'{"password":"‹redacted:password›","b":1}\' x'],
    ] as const)
      expect(masked(command)).toBe(expected);
  });

  test('each masked kind is named once', () => {
    const command = `curl -u a:hunter2 -H "X-Api-Key: 0123456789" --password hunter2 https://x/?k=ghp_${'a1B2'.repeat(9)}`;
    expect([...redact(command, analyse(command, 'bash')).kinds].sort()).toEqual(['github-token', 'key', 'password']);
  });
});

describe('what is not a secret', () => {
  test('at most one in two hundred ordinary commands is changed', () => {
    const commands = [...ordinaryCommands(3000)];
    for (const set of ['benign', 'category']) {
      const file = join(__dirname, '../../../shared/data', `${set}.jsonl`);
      if (existsSync(file))
        for (const line of readFileSync(file, 'utf8').split('\n'))
          if (line !== '') commands.push((JSON.parse(line) as { command: string }).command);
    }
    const touched = commands.filter((command) => masked(command) !== command);
    expect(touched.length / commands.length).toBeLessThanOrEqual(0.005);
    expect(ordinaryCommands(3000).filter((command) => masked(command) !== command)).toEqual([]);
  });

  test('references, prompts, paths, placeholders and hashes are not masked', () => {
    for (const command of [
      'mysql -u root -p',
      'export TOKEN=$OTHER',
      'export TOKEN="${TOKEN:-}"',
      'export PASSWORD_FILE=/run/secrets/pw',
      'curl -u bob https://x',
      'curl --netrc -H "Authorization: Bearer ${TOKEN}" x',
      'docker run -e POSTGRES_PASSWORD postgres',
      'ssh -p 2222 host',
      'mkdir -p secret/token',
      'cp -p password.txt b',
      'git log --format=%H --author=token',
      'echo 550e8400-e29b-41d4-a716-446655440000',
      'git show 9fceb02d0ae598e95dc970b74767f19372d61af8',
      'docker pull a@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      'psql --password app',
      'PWD=/tmp ls',
      '[ "$password" = "" ]',
      'kubectl delete secret db-password',
    ])
      expect(masked(command)).toBe(command);
  });
});

describe('on any text', () => {
  const pieces = fc.constantFrom(
    'password',
    '=',
    ' ',
    "'",
    '"',
    '\\',
    '--token',
    ':',
    '://',
    '@',
    'Authorization',
    'ghp_',
    'eyJ',
    '-----BEGIN PRIVATE KEY-----',
    '$(',
    '<<EOF\n',
    '\n',
    '‹redacted:x›',
    'a1B2c3D4',
    '|',
    'mysql -p',
    '{',
    '`',
  );

  test('it does not throw and is idempotent', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        (text) => {
          const once = masked(text);
          expect(masked(once)).toBe(once);
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('a megabyte of unclosed quotes, names or schemes takes linear time', () => {
    for (const piece of [
      "password='",
      'token=',
      '://',
      'a:b@',
      '"token":"',
      'eyJ',
      '-----BEGIN PRIVATE KEY-----',
      'key ',
    ])
      expect(masked(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
  });
});
