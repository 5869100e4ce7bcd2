import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { analyse } from '../../../src/shell/analyse.ts';
import { redact } from '../../../src/shell/redact.ts';
import { ordinaryCommands, secretsInContext } from './corpus.ts';

const masked = (command: string): string => redact(command, analyse(command, 'bash')).text;

describe('secrets', () => {
  const corpus = secretsInContext();

  test('all of several hundred in context are masked', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(300);
    const missed = corpus.filter(({ command, secret }) => masked(command).includes(secret));
    expect(missed.map(({ command }) => command)).toEqual([]);
  });

  test('what follows a known token inside a secret is masked with it', () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    for (const [command, expected] of [
      [`export DB_PASSWORD='before ${token} tail'`, "export DB_PASSWORD='‹redacted:github-token›'"],
      [`mysql --password=${token}-tail shop`, 'mysql --password=‹redacted:github-token› shop'],
      [`curl -u "bob:x ${token} tail" y`, 'curl -u "bob:‹redacted:github-token›" y'],
      [`curl -d '{"password":"${token}+tail","b":1}' x`, `curl -d '{"password":"‹redacted:github-token›","b":1}' x`],
    ] as const)
      expect(masked(command)).toBe(expected);
  });

  test('a long secret is masked to its end', () => {
    const long = 'a1B2.c3D4+'.repeat(1_000);
    for (const [before, after] of [
      ["x='password=", "'"],
      ['curl -d \'{"password":"', '"}\''],
      ['openssl enc -pass pass:', ' x'],
      ['psql -c "create role a password \'', '\'"'],
      ['curl ftp://bob:', '@h/x'],
    ] as const)
      expect(masked(`${before}${long}tail${after}`)).not.toMatch(/tail|a1B2/);
    const jwt = `eyJ${'a1B2'.repeat(5_000)}.${'c3D4'.repeat(5_000)}.${'e5F6'.repeat(5_000)}`;
    expect(masked(`echo ${jwt} x`)).toBe('echo ‹redacted:jwt› x');
  });

  test('text beyond what is analysed is masked as a whole, and says so', () => {
    const far = [
      `echo ${'a'.repeat(300_000)} ; mysql -phunter2`,
      `${'a '.repeat(70_000)}; mysql -phunter2`,
      `${'true;'.repeat(5_000)} mysql -phunter2`,
      `${'('.repeat(100)} mysql -phunter2`,
      `${'x=${a:-'.repeat(100)} mysql -phunter2`,
      `${'sudo '.repeat(100)} mysql -phunter2`,
      `${'if '.repeat(100)} mysql -phunter2`,
    ];
    for (const command of far) {
      const redacted = redact(command, analyse(command, 'bash'));
      expect(redacted.text).not.toContain('hunter2');
      expect(redacted.text.endsWith('‹redacted:not-analysed›')).toBe(true);
      expect(redacted.kinds).toContain('not-analysed');
    }
  });

  test('text before what is not analysed stays, from the line that holds the limit on it does not', () => {
    const command = `git status\n${'true;'.repeat(5_000)}`;
    expect(masked(command)).toMatch(/^git status\ntrue;[true;]{1000,}‹redacted:not-analysed›$/);
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
      const file = join(__dirname, '../../../../shared/data', `${set}.jsonl`);
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

describe('a text that looks like a mask', () => {
  test.each([
    ['in a private key', '-----BEGIN PRIVATE KEY-----\nMIIsecret1\n‹redacted:x›\nMIIsecret2'],
    ['right after its first line', '-----BEGIN PRIVATE KEY-----‹redacted:x›MIIsecret1'],
    ['between two', 'mysql -p-----BEGIN PRIVATE KEY-----‹redacted:x›-----BEGIN PRIVATE KEY-----MIIsecret1'],
  ])('%s protects nothing of the key', (_where, text) => {
    const once = masked(text);
    expect(once).not.toContain('secret');
    expect(masked(once)).toBe(once);
  });

  const WAYS: readonly ((value: string) => string)[] = [
    (value) => `mysql -p${value} shop`,
    (value) => `mysql --password='${value}'`,
    (value) => `curl -u 'bob:${value}' https://h/`,
    (value) => `curl -H "Authorization: Bearer ${value}" https://h/`,
    (value) => `git clone https://bob:${value}@h/x.git`,
    (value) => `export DB_PASSWORD='${value}'`,
    (value) => `curl -d '{"password":"${value}"}' https://h/`,
    (value) => `psql -c "create role a password '${value}'"`,
    (value) => `vault kv put a/b password='${value}'`,
    (value) => `sshpass -p '${value}' ssh h`,
    (value) => `echo '${value}' | sudo -S ls`,
    (value) => `openssl enc -k '${value}' -in a`,
    (value) => `echo "<password>${value}</password>" > x.xml`,
  ];
  const marks = fc.constantFrom(
    '‹redacted:password›',
    '‹redacted:github-token›',
    '‹redacted:x›',
    '‹redacted:token',
    '‹',
    '›',
    '‹redacted:›',
  );
  const parts = fc.array(fc.oneof(marks, fc.constantFrom('hunter2', 'Tr0ub4dor', 'a1B2c3D4e5F6')), {
    minLength: 1,
    maxLength: 5,
  });

  test('protects nothing of any other secret around it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WAYS), parts, parts, (way, before, after) => {
        const once = masked(way([...before, 'correct7Horse', ...after].join('')));
        expect(once).not.toMatch(/correct7Horse|hunter2|Tr0ub4dor|a1B2c3D4e5F6/);
        expect(masked(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });

  test('with a word that is no kind of secret may be the secret', () => {
    for (const way of WAYS) expect(masked(way('‹redacted:hunter2›'))).not.toContain('hunter2');
  });

  test('is left alone where it is the whole value', () => {
    for (const way of WAYS) expect(masked(way('‹redacted:github-token›'))).toBe(way('‹redacted:github-token›'));
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
    '‹redacted:token›',
    '‹',
    'a1B2c3D4',
    '|',
    'mysql -p',
    '{',
    '`',
  );

  test('a broken line is masked until no other reading of it has a secret', () => {
    expect(masked("mysql -ppassword='password")).toBe('mysql -p‹redacted:password›');
  });

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
      ...['xoxb-', 'sk-', 'a.atlasv1.', 'Q~', 'AZDO', '+ASt', ':A', '1|', 'a.', '-us', 'ey', 't1.', 'K10a', 'sc_'],
      ...[
        'Authorization: ',
        'Cookie: "',
        "X-Key: '",
        'password=a(',
        'KEY=a-',
        'A_KEY=1a',
        'name=token,value=',
        '<pass>a</',
      ],
      ...[
        'auth=(',
        "login('a',",
        'identified by ',
        'attach key ',
        'assword send "',
        'user=a%',
        ' h=a,p=',
        '"data":{"a":"',
      ],
      ...[
        "s/a/b/;sed 's/password=",
        "echo 'token: a'|passwd;",
        '<<<a passwd;',
        'curl -u a:',
        "printf 'pw=%s' ",
        'a:1234:b:c:',
      ],
    ])
      expect(masked(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
  });
});
