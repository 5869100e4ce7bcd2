import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matches, matching, selecting, sigma, usable } from './sigma.ts';

const yaml = (text: string): string => `'${text.replaceAll("'", "''")}'`;

describe('fields of a parsed command', () => {
  test('Image of a bare name may be in any of the usual directories', () => {
    for (const image of ['/usr/bin/curl', '/usr/local/bin/curl', '/bin/CURL'])
      expect(matches(selecting(`Image: ${image}`), 'curl x')).toBe(true);
    expect(matches(selecting('Image: /opt/curl'), 'curl x')).toBe(false);
    expect(matches(selecting('Image|startswith: /opt/'), '/opt/curl x')).toBe(true);
    expect(matches(selecting('Image: /usr/bin/curl'), '/opt/curl x')).toBe(false);
    expect(matches(selecting('Image: /srv/app/run'), './run', { cwd: '/srv/app' })).toBe(true);
  });

  test('Image is the path as the system resolves it', () => {
    const scratch = selecting('Image|startswith: /tmp/');
    for (const line of ['/tmp/x', '//tmp/x', '/var/../tmp/x', '/tmp/./x', '../../tmp/x'])
      expect([line, matches(scratch, line, { cwd: '/home/ada' })]).toEqual([line, true]);
    for (const line of ['/tmp/../usr/bin/id', '/srv/tmp/x', 'tmp/x'])
      expect([line, matches(scratch, line, { cwd: '/home/ada' })]).toEqual([line, false]);
    expect(matches(selecting('Image: /usr/bin/w'), '/usr//bin/w')).toBe(true);
    const own = selecting('Image: /home/ada/bin/x');
    for (const line of ['~/bin/x', '$HOME/bin/x', '"${HOME}"/bin/x', 'cd && bin/x'])
      expect([line, matches(own, line, { cwd: '/srv', home: '/home/ada' })]).toEqual([line, true]);
    expect(matches(own, '~/bin/x')).toBe(false);
  });

  test('Image and CurrentDirectory follow a cd on the line', () => {
    const at = { cwd: '/home/ada' };
    const scratch = selecting('Image|startswith: /tmp/');
    for (const line of ['cd /tmp && ./x', 'cd ../../tmp && ./x', '(cd /tmp && ./x)', "ssh h 'cd /tmp && ./x'"])
      expect([line, matches(scratch, line, at)]).toEqual([line, true]);
    for (const line of ['(cd /tmp); ./x', 'cd /tmp && ssh h ./x', 'cd "$X" && ./x'])
      expect([line, matches(scratch, line, at)]).toEqual([line, false]);
    expect(matches(scratch, 'cd /srv && ./x', { cwd: '/tmp' })).toBe(false);
    expect(matches(scratch, 'cd "$X" && ./x', { cwd: '/tmp' })).toBe(false);
    const there = sigma('a:\n    Image|endswith: /make\n    CurrentDirectory: /srv/app\ncondition: a');
    expect(matches(there, 'cd /srv/app && make', at)).toBe(true);
    expect(matches(there, 'cd /srv && make', { cwd: '/srv/app' })).toBe(false);
    // The cd may have failed: either of the two.
    for (const line of ['cd /srv/app; make', 'cd /x; make'])
      expect([line, matches(there, line, { cwd: '/srv/app' })]).toEqual([line, true]);
  });

  test('the end of a relative path is known without the directory', () => {
    for (const line of ['./bin/x', 'bin/x', 'ssh h bin/x'])
      expect([line, matches(selecting('Image|endswith: /bin/x'), line)]).toEqual([line, true]);
    expect(matches(selecting('Image|startswith: /bin/'), 'bin/x')).toBe(false);
  });

  test('CommandLine has the home directory as written and as the program receives it', () => {
    const at = { cwd: '/srv', home: '/home/ada' };
    for (const line of ['cat ~/.ssh/id', 'cat $HOME/.ssh/id', 'cat "${HOME}/.ssh/id"', 'sudo cat ~/.ssh/id'])
      expect([line, matches(selecting("CommandLine|endswith: ' /home/ada/.ssh/id'"), line, at)]).toEqual([line, true]);
    expect(matches(selecting("CommandLine: 'cat ~/.ssh/id'"), 'cat ~/.ssh/id', at)).toBe(true);
    expect(matches(selecting("CommandLine: 'cat $HOME/.ssh/id'"), 'cat $HOME/.ssh/id', at)).toBe(true);
    expect(matches(selecting("CommandLine: '/home/ada/bin/x -v'"), '~/bin/x -v', at)).toBe(true);
    const there = selecting('CommandLine|contains: /home/ada');
    for (const line of ["cat '~/.ssh/id'", 'cat \\~/x', 'cat a~', 'cat ~bob/x', "cat '$HOME/x'", "ssh h 'cat ~/x'"])
      expect([line, matches(there, line, at)]).toEqual([line, false]);
    expect(matches(there, 'cat ~/.ssh/id')).toBe(false);
  });

  test('CommandLine has the words that the program receives, not the text that was typed', () => {
    const rule = selecting("CommandLine: 'rm -rf /srv/a b'");
    expect(matches(rule, `r''m -r"f" '/srv/a b'`)).toBe(true);
    expect(matches(rule, 'D=/srv; rm -rf "$D/a b"')).toBe(true);
    expect(matches(rule, "echo 'rm -rf /srv/a b'")).toBe(false);
    expect(matches(rule, 'rm -rf /srv/a b # comment')).toBe(true);
    expect(matches(selecting("CommandLine|contains: 'comment'"), 'rm -rf /srv/a b # comment')).toBe(false);
  });

  test('sees programs inside wrappers, pipes, substitutions and strings of a shell', () => {
    const rule = selecting('Image|endswith: /nc');
    for (const line of [
      'sudo nc -l 1',
      'true && nc -l 1',
      'echo $(nc h 1)',
      "bash -c 'nc h 1'",
      'find . -exec nc h 1 \\;',
      'f() { nc h 1; }; f',
      'echo x | xargs nc',
    ])
      expect([line, matches(rule, line)]).toEqual([line, true]);
    for (const line of ['echo nc', 'git commit -m "nc h 1"', 'man nc'])
      expect([line, matches(rule, line)]).toEqual([line, false]);
  });

  test('sees the wrapper itself with the command that it starts', () => {
    expect(matches(selecting("CommandLine|contains: ' -u#'"), 'sudo -u#-1 id')).toBe(true);
    expect(matches(selecting("CommandLine|startswith: 'sh -c '"), `sh -c 'curl x | sh'`)).toBe(true);
  });

  test('CurrentDirectory and User match where they are known, and never where they are not', () => {
    const here = selecting('CurrentDirectory: /srv/app');
    expect(matches(here, 'ls', { cwd: '/srv/app' })).toBe(true);
    expect(matches(here, 'ls')).toBe(false);
    const elsewhere = sigma('a:\n    CurrentDirectory: /srv/app\ncondition: not a');
    expect(matches(elsewhere, 'ls', { cwd: '/home' })).toBe(true);
    expect(matches(elsewhere, 'ls')).toBe(false);
    expect(matches(selecting('User: root'), 'sudo id')).toBe(true);
    expect(matches(selecting('User: ada'), 'id')).toBe(true);
    expect(matches(selecting('User: ada'), 'id', {}, null)).toBe(false);
    expect(matches(selecting('User: ada'), 'ssh host id')).toBe(true);
    expect(
      matches(sigma('a:\n    User: ada\nb:\n    Image|endswith: /id\ncondition: b and not a'), 'ssh host id'),
    ).toBe(false);
  });

  test('OriginalFileName and other resources of Windows programs are absent', () => {
    const rule = sigma('a:\n    - CommandLine|contains: x\n    - OriginalFileName: y\ncondition: a');
    expect(matches(rule, 'echo x')).toBe(true);
    expect(matches(rule, 'echo y')).toBe(false);
    expect(matches(selecting('OriginalFileName: null'), 'ls')).toBe(true);
    expect(matches(selecting('Description|exists: false'), 'ls')).toBe(true);
    expect(matches(selecting('Image|exists: true'), 'ls')).toBe(true);
  });

  test('a rule of the other system sees commands on other machines only', () => {
    const rule = usable(selecting('Image|endswith: /ls').replace('product: linux', 'product: macos'));
    expect(matching([rule], 'ls')).toEqual([]);
    expect(matching([rule], 'ssh mac ls')).toEqual(['organisation.test']);
  });

  test('a redirection alone is no program', () => {
    expect(matches(selecting("CommandLine|contains: ''"), '> /etc/passwd')).toBe(false);
  });
});

describe('modifiers', () => {
  test.each([
    ["CommandLine|contains: 'B C'", 'a b c d', true],
    ["CommandLine|contains|cased: 'B C'", 'a b c d', false],
    ["CommandLine|startswith: 'a b'", 'a b c', true],
    ["CommandLine|startswith: 'b'", 'a b c', false],
    ["CommandLine|endswith: ' c'", 'a b c', true],
    ["CommandLine|contains|all: ['a', 'c']", 'a b c', true],
    ["CommandLine|contains|all: ['a', 'x']", 'a b c', false],
    ["CommandLine|contains: ['a', 'x']", 'a b c', true],
    ["CommandLine: 'a * c'", 'a b b c', true],
    ["CommandLine: 'a ? c'", 'a b b c', false],
    ["CommandLine: 'a ? c'", 'a b c', true],
    [String.raw`CommandLine|contains: 'a \* c'`, "a '*' c", true],
    [String.raw`CommandLine|contains: 'a \* c'`, 'a b c', false],
    [String.raw`CommandLine|contains: 'x\y'`, String.raw`a 'x\y'`, true],
    [String.raw`CommandLine|contains: 'x\\y'`, String.raw`a 'x\y'`, true],
    [String.raw`CommandLine|re: '\s-[FT]\s'`, 'curl -F x', true],
    [String.raw`CommandLine|re: '\s-[FT]\s'`, 'curl -f x', false],
    [String.raw`CommandLine|re|i: '\s-[FT]\s'`, 'curl -f x', true],
    ["CommandLine|re: '^curl'", 'curl -f x', true],
    ["CommandLine|re: '^url'", 'curl -f x', false],
    ["CommandLine|contains|windash: ' -exec '", 'find . /exec x', true],
    ["CommandLine|contains|windash: ' -exec '", 'find . –exec x', true],
    ["CommandLine|contains|windash: ' -exec '", 'find . +exec x', false],
    ["CommandLine|base64offset|contains: 'http://'", `echo ${btoa('ab http://x')}`, true],
    ["CommandLine|base64offset|contains: 'http://'", `echo ${btoa('a http://x')}`, true],
    ["CommandLine|base64offset|contains: 'http://'", `echo ${btoa(' http://x')}`, true],
    ["CommandLine|base64offset|contains: 'http://'", 'echo http://', false],
    ["CommandLine|base64|contains: 'http:/'", `echo ${btoa('http:/')}`, true],
    ["CommandLine|wide|base64offset|contains: 'ab'", `echo ${Buffer.from('xab', 'utf16le').toString('base64')}`, true],
    ["CommandLine|neq: 'a b'", 'a c', true],
    ["CommandLine|neq: 'a b'", 'a b', false],
    ['CommandLine|contains: 4444', 'nc h 4444', true],
    ['CommandLine|contains: 0x1F', 'x 0x1f', true],
    ["CommandLine: ''", 'a', false],
    ['CommandLine: null', 'a', false],
  ])('%s on %j is %p', (entry, command, expected) => {
    expect(matches(selecting(entry), command)).toBe(expected);
  });

  test('words without a field may be anywhere in the command line', () => {
    const rule = sigma("words:\n    - mimi\n    - 'katz'\ncondition: words");
    expect(matches(rule, 'echo xmimix')).toBe(true);
    expect(matches(rule, 'echo x')).toBe(false);
    expect(matches(sigma("w:\n    '|all':\n        - mimi\n        - katz\ncondition: w"), 'mimi katz')).toBe(true);
    expect(matches(sigma("w:\n    '|all':\n        - mimi\n        - katz\ncondition: w"), 'mimi')).toBe(false);
  });

  test('wildcards match what a naive matcher says', () => {
    const part = fc.constantFrom('a', 'b', '*', '?', 'A');
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }),
        (pattern, text) => {
          const command = `x${text.join('')}`;
          const entry = `CommandLine: ${yaml(`x${pattern.join('')}`)}`;
          expect(matches(selecting(entry), command)).toBe(like(`x${pattern.join('').toLowerCase()}`, command));
        },
      ),
    );
  });
});

/** Tries every split; slow and plainly right. */
function like(pattern: string, text: string): boolean {
  const [first] = pattern;
  if (first === undefined) return text === '';
  const rest = pattern.slice(1);
  if (first === '*')
    return Array.from({ length: text.length + 1 }, (_, at) => text.slice(at)).some((tail) => like(rest, tail));
  return text !== '' && (first === '?' || first === text[0]) && like(rest, text.slice(1));
}

describe('several rules', () => {
  const rules = ['/curl', '/wget', '/usr/bin/nc', 'tab'].map((image, index) =>
    usable(selecting(`Image|endswith: ${image}`), `r${index}.yml`),
  );

  test('finding rules by the name of the program gives what trying each rule gives', () => {
    const names = fc.constantFrom('curl', 'wget', '/usr/bin/nc', '/opt/nc', 'crontab', './curl', 'ls', '$x', '/curl/x');
    const lines = fc.array(names, { minLength: 1, maxLength: 4 }).map((some) => some.join(' x; '));
    fc.assert(
      fc.property(lines, (line) => {
        const each = rules.flatMap((rule) => matching([{ ...rule, programs: null }], line));
        expect([...matching(rules, line)].sort()).toEqual(each.sort());
      }),
    );
  });

  test('a rule that matches two commands of a line is found once', () => {
    expect(matching(rules, 'curl a; curl b; wget c')).toEqual(['organisation.r0', 'organisation.r1']);
  });
});
