import { describe, expect, test } from '@jest/globals';
import { riskRank } from '../../src/domain/events/risk-level.ts';
import { rate } from '../../src/risk/rate.ts';
import { ALL_EXAMPLES } from './examples/all-examples.ts';

const isAlarm = (command: string): boolean => riskRank(rate(command, 'bash').level) >= riskRank('high');
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Every example that is rated high or critical by itself. */
const DANGEROUS = [...new Set(Object.values(ALL_EXAMPLES).flatMap((examples) => examples.fires))].filter(isAlarm);
const ONE_LINE = DANGEROUS.filter((command) => !command.includes('\n'));

const MENTIONS: Readonly<Record<string, (command: string) => string>> = {
  'a commit message': (command) => `git commit -m ${quote(command)}`,
  'an argument of echo': (command) => `echo ${quote(command)}`,
  'a search pattern': (command) => `grep -rn ${quote(command)} src`,
  'a search pattern of ripgrep': (command) => `rg -n ${quote(command)} README.md`,
  'a search through the log': (command) => `git log --oneline --grep=${quote(command)}`,
  'a search through the history': (command) => `history | grep ${quote(command)}`,
  'what a program prints': (command) => `python3 -c ${quote(`print(${JSON.stringify(command)})`)}`,
  'a question to an assistant': (command) => `claude -p ${quote(`What does this do: ${command}`)}`,
  'the data of a test': (command) => `test "$last" = ${quote(command)}`,
  'an issue text': (command) => `gh issue create --title x --body ${quote(command)}`,
  'a line of notes': (command) => `printf '%s\\n' ${quote(command)} >> notes.md`,
  'a variable': (command) => `NOTE=${quote(command)}`,
};

describe('a dangerous string that is only mentioned raises no alarm', () => {
  test('there are several hundred dangerous examples', () => {
    expect(DANGEROUS.length).toBeGreaterThan(300);
  });

  test.each(Object.entries(MENTIONS))('in %s', (_where, mention) => {
    expect(DANGEROUS.map(mention).filter(isAlarm)).toEqual([]);
  });

  test('in a comment', () => {
    expect(ONE_LINE.map((command) => `ls -la # ${command}`).filter(isAlarm)).toEqual([]);
  });

  test('in a here-document that is data', () => {
    const heredoc = (command: string): string => `cat > notes.txt <<'END-OF-NOTES'\n${command}\nEND-OF-NOTES`;
    expect(DANGEROUS.map(heredoc).filter(isAlarm)).toEqual([]);
  });
});

const EXECUTIONS: Readonly<Record<string, (command: string) => string>> = {
  'sh -c': (command) => `bash -c ${quote(command)}`,
  eval: (command) => `eval ${quote(command)}`,
  'a subshell': (command) => `(${command})`,
  'a condition': (command) => `if true; then ${command}\nfi`,
  'an or-list': (command) => `false || ${command}`,
  'a here-document that a shell reads': (command) => `bash <<'END-OF-SCRIPT'\n${command}\nEND-OF-SCRIPT`,
  'a pipe into a shell': (command) => `printf '%s\\n' ${quote(command)} | sh`,
  'an encoded payload': (command) => `echo ${Buffer.from(command).toString('base64')} | base64 -d | bash`,
  'a substitution': (command) => `echo "$(${command})"`,
  'a function that is called': (command) => `go() { ${command}\n}; go`,
};

describe('a dangerous command keeps its level', () => {
  // Redirections and pipes of the example bind differently inside these, which is a matter of
  // grammar.
  const simple = ONE_LINE.filter((command) => /^[\w./ -]+$/.test(command));

  test('there are enough plain examples to wrap', () => expect(simple.length).toBeGreaterThan(200));

  test.each(Object.entries(EXECUTIONS))('behind %s', (_how, execute) => {
    expect(simple.filter((command) => !isAlarm(execute(command)))).toEqual([]);
  });

  test('with its name quoted, escaped, or given by its path', () => {
    const spell = (command: string): readonly string[] => {
      const [name = '', ...rest] = command.split(' ');
      const tail = ['', ...rest].join(' ');
      return [
        `'${name}'${tail}`,
        `\\${name}${tail}`,
        `/usr/bin/${name}${tail}`,
        `${name[0] ?? ''}""${name.slice(1)}${tail}`,
      ];
    };
    const plain = simple.filter(
      (command) =>
        /^[a-z][\w-]* /.test(command) &&
        !/^(?:set|unset|export|history|alias|eval|exec|source|trap|command|builtin|fc|umask)\b/.test(command),
    );
    expect(plain.flatMap(spell).filter((command) => !isAlarm(command))).toEqual([]);
  });
});
