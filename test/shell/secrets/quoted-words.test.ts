import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { rate } from '../../../src/risk/rate.ts';
import { fillTemplate } from './templates.ts';

const masked = (command: string): string => rate(command, 'bash').redacted.text;

const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const double = (text: string): string => `"${text.replace(/[\\"$`]/g, '\\$&')}"`;

describe('a secret in quotes within quotes is masked, and nothing beside it', () => {
  test.each([
    [
      `bash -c 'mysql -e "ALTER USER x IDENTIFIED BY '\\''Walnut110!'\\''"'`,
      `bash -c 'mysql -e "ALTER USER x IDENTIFIED BY '\\''‹redacted:password›'\\''"'`,
    ],
    [
      `psql -c 'ALTER ROLE x PASSWORD '"'"'Walnut110!'"'"' VALID'`,
      `psql -c 'ALTER ROLE x PASSWORD '"'"'‹redacted:password›'"'"' VALID'`,
    ],
    [
      `ssh h "docker exec db psql -c \\"ALTER USER bob WITH PASSWORD 'Walnut110!'\\""`,
      `ssh h "docker exec db psql -c \\"ALTER USER bob WITH PASSWORD '‹redacted:password›'\\""`,
    ],
    [
      `sh -c "ansible-vault view --vault-password-file <(echo Walnut110!) s.yml"`,
      `sh -c "ansible-vault view --vault-password-file <(echo ‹redacted:password›) s.yml"`,
    ],
    [
      `sed 's/password: '\\''a b'\\''/password: '\\''Walnut110!'\\''/' f`,
      `sed 's/password: '\\''a b'\\''/password: '\\''‹redacted:password›'\\''/' f`,
    ],
  ])('%s', (command, expected) => {
    expect(masked(command)).toBe(expected);
  });

  test('what is written in a pattern or message stays', () => {
    for (const command of [
      `grep -E 'password: '\\''[a-z0-9]+'\\''' f`,
      `bash -c 'git commit -m '\\''Explain "password: x" of '\\'\\''env'\\'\\'' files'\\'''`,
      `sed 's/password: '\\''abc123xyz'\\''//' f`,
    ])
      expect(masked(command)).toBe(command);
  });
});

describe('each credential stays masked once its line is given to a shell', () => {
  const contexts = readFileSync(join(__dirname, 'contexts.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => fillTemplate(line.slice(line.indexOf('|') + 1).replaceAll('⏎', '\n'), 0));

  test.each<[string, (text: string) => string]>([
    ['single quotes', (text) => `bash -c ${single(text)}`],
    ['double quotes', (text) => `sh -c ${double(text)}`],
    ['single in single quotes', (text) => `ssh h ${single(`bash -c ${single(text)}`)}`],
    ['double in single quotes', (text) => `ssh h ${single(`sudo sh -c ${double(text)}`)}`],
    ['single in double quotes', (text) => `docker exec c sh -c ${double(`su -c ${single(text)}`)}`],
  ])('in %s', (_, wrap) => {
    const missed = contexts.filter(({ command, secrets }) => {
      const text = masked(wrap(command));
      return secrets.some((secret) => text.includes(secret.length > 16 ? secret.slice(-8) : secret));
    });
    expect(missed.map(({ command }) => wrap(command))).toEqual([]);
  });
});
