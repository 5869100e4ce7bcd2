/** Programs that run a command which an option, a word or a line of their input gives them. */
import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';

/** What each `rm` that runs would be given. */
const removes = (command: string): readonly string[] =>
  analyse(command, 'bash')
    .invocations.filter(({ tool }) => tool === 'rm')
    .map(({ args }) => args.map(({ text }) => text).join(' '));

describe('an option', () => {
  test.each([
    ["man -P'rm x' ls"],
    ["man '-Hrm x' ls"],
    ["git grep -O'rm x' a"],
    ["git difftool -x 'rm x'"],
    ["git difftool --extcmd='rm x'"],
    ["git clone -u 'rm x' a"],
    ["git archive --exec='rm x' --remote=a"],
    ["git send-email --sendmail-cmd='rm x' a"],
    ["git config core.pager 'rm x'"],
    ["git config --global core.fsmonitor 'rm x'"],
    ["bat --pager 'rm x' a"],
    ["rg --pre='rm x' a"],
    ["fzf --preview 'rm x'"],
    ["fzf --bind 'enter:execute(rm x)'"],
    ["nano -s 'rm x' a"],
    ["nano --speller='rm x' a"],
    ["dpkg --pre-invoke='rm x' -i a"],
    ["restic --password-command 'rm x' snapshots"],
    ["ssh -oProxyCommand='rm x' h"],
  ])('%s', (command) => expect(removes(command)).toEqual(['x']));
});

describe('a command of the program itself', () => {
  test.each([
    ["vim -c '!rm x'"],
    ["vim -c ':silent !rm x'"],
    ["vim -c 'bufdo !rm x'"],
    ["vim -c 'w !rm x'"],
    ["vim -c '%!rm x'"],
    ["vim -c 'r!rm x'"],
    ['vim -c \'exec "!rm x"\''],
    ["vim -c'!rm x'"],
    ["ex -sc '!rm x' a"],
    ["less +'!rm x' a"],
    ["less +'|$ rm x' a"],
    ["lldb -o 'platform shell rm x'"],
    ["lftp -c 'open h; !rm x'"],
    ["smbclient //a/b -c '!rm x'"],
    ["mysql -e 'system rm x'"],
    ["gnuplot -e '!rm x'"],
    ["ghci -e ':!rm x'"],
    ["dc -e '!rm x'"],
    ['bpftrace -e \'BEGIN { system("rm x") }\''],
    ["ranger --cmd='shell -f rm x'"],
  ])('%s', (command) => expect(removes(command)).toEqual(['x']));
});

describe('a line of the input', () => {
  test.each([
    ["ed -s a <<< '!rm x'"],
    ["printf 'p\\n!rm x\\nq\\n' | ex -s a"],
    ["printf 'p\\n!rm x\\n' > c; ed a < c"],
    ['ftp -n <<E\nopen h\n!rm x\nE'],
    ["sftp h <<< '!rm x'"],
    ["lftp h <<< 'ls; !rm x'"],
    ["psql <<< '\\! rm x'"],
    ["mysql <<< 'system rm x'"],
    ["sqlite3 a <<< '.shell rm x'"],
  ])('%s', (command) => expect(removes(command)).toEqual(['x']));
});

describe('a variable', () => {
  test.each([
    ["KUBE_EDITOR='rm x' kubectl edit a"],
    ["PSQL_PAGER='rm x' psql"],
    ["AWS_PAGER='rm x' aws s3 ls"],
    ["GH_EDITOR='rm x' gh pr create"],
    ["HGEDITOR='rm x' hg commit"],
    ["SVN_SSH='rm x' svn up"],
    ["BORG_PASSCOMMAND='rm x' borg list"],
    ["RESTIC_PASSWORD_COMMAND='rm x' restic snapshots"],
  ])('%s', (command) => expect(removes(command)).toEqual(['x']));
});

describe('nothing runs', () => {
  test.each([
    ["vim -c 'w! rm x'"],
    ["vim -c 'wq! rm'"],
    ["vim -c 'set list! rm'"],
    ["less '+/!rm x' a"],
    ["git commit -m 'core.pager rm x'"],
    ["git push -u 'rm x' main"],
    ["git clean -x 'rm x'"],
    ["git config user.name 'rm x'"],
    ["ed a <<< 'rm x'"],
    ["sort <<< '!rm x'"],
    ['mysql -e \'select "a system rm x"\''],
    ["MY_SETTING='rm x' make"],
  ])('in %s', (command) => expect(removes(command)).toEqual([]));
});
