/**
 * Start files that read those of the user first and then prepare the shell for the probe of `caro
 * doctor`: nothing goes to the user's history file, and the shell reports its process id, the spool
 * of the hook and every setting that is known to stop the hook.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { alwaysQuoted } from '../shell-setup/shell-quote.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface ProbedShell {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env: Env;
}

/**
 * Writes the start files to `folder` and returns how to start the shell with them. `mark` begins
 * each line that the shell reports. `history` names a history of fish that does not exist yet.
 */
export function withStartFiles(
  program: string,
  shell: ShellKind,
  env: Env,
  { folder, mark, history }: { readonly folder: string; readonly mark: string; readonly history: string },
): ProbedShell {
  const place = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  switch (shell) {
    case 'bash':
      return {
        command: [program, '--rcfile', place('rc', `${OWN_BASHRC}${forBash(mark)}`), '-i'],
        env,
      };
    case 'zsh': {
      const { ZDOTDIR: own } = env;
      place('.zshenv', zshenv(own, folder));
      place('.zshrc', `${OWN_ZSHRC}${forZsh(mark)}`);
      return { command: [program, '-i'], env: { ...env, ZDOTDIR: folder } };
    }
    case 'fish':
      return { command: [program, '-i', '-C', forFish(mark, history)], env };
    case 'sh': {
      const file = place('rc', `${ownEnv(env['ENV'])}${forSh(mark, folder)}`);
      const applet = basename(program) === 'busybox' ? ['ash'] : [];
      return { command: [program, ...applet, '-i'], env: { ...env, ENV: file } };
    }
  }
}

// Words are quoted because an alias of the user may have the same name.

const OWN_BASHRC = `[[ ! -r ~/.bashrc ]] || '.' ~/.bashrc
`;
const forBash = (mark: string): string => `'unset' HISTFILE 2>/dev/null
_caro_w=
[[ -z \${CARO_OFF-} ]] || _caro_w+=' variable'
[[ -o history ]] || _caro_w+=' no-history'
[[ \${HISTSIZE-1} != 0 ]] || _caro_w+=' history-size'
! 'shopt' -q restricted_shell || _caro_w+=' restricted'
[[ $('declare' -p PROMPT_COMMAND 2>/dev/null) != 'declare -'*([a-z])r* ]] || _caro_w+=' readonly-prompt'
[[ $('declare' -p PS0 2>/dev/null) != 'declare -'*([a-z])r* ]] || _caro_w+=' readonly-ps0'
[[ \${_caro_loaded-} ]] || _caro_w+=' not-loaded'
[[ "\${PROMPT_COMMAND[*]-}\${precmd_functions[*]-}" == *_caro_* ]] || _caro_w+=' replaced'
[[ -z \${HISTIGNORE-} ]] || _caro_w+=' ignore'
'builtin' 'printf' '%s\\n' "${mark}spool=\${_caro_d-}" "${mark}why=$_caro_w" "${mark}ready"
`;

/** zsh reads `.zshrc` where ZDOTDIR points after \`.zshenv\`, which the user may have changed. */
const zshenv = (own: string | undefined, folder: string): string => `${
  own === undefined ? "'unset' ZDOTDIR" : `ZDOTDIR=${alwaysQuoted('zsh', own)}`
}
[[ ! -r \${ZDOTDIR-$HOME}/.zshenv ]] || '.' "\${ZDOTDIR-$HOME}/.zshenv"
_caro_zdotdir=("\${ZDOTDIR-}" "\${ZDOTDIR+set}")
ZDOTDIR=${alwaysQuoted('zsh', folder)}
`;
const OWN_ZSHRC = `ZDOTDIR=\${_caro_zdotdir[@]:0:1}
[[ -n \${_caro_zdotdir[@]:1:1} ]] || 'unset' ZDOTDIR
'unset' _caro_zdotdir
[[ ! -r \${ZDOTDIR-$HOME}/.zshrc ]] || '.' "\${ZDOTDIR-$HOME}/.zshrc"
`;
const forZsh = (mark: string): string => `[[ \${(t)HISTFILE} == *readonly* ]] || HISTFILE=/dev/null
_caro_w=
[[ -z \${CARO_OFF-} ]] || _caro_w+=' variable'
[[ ! -o restricted ]] || _caro_w+=' restricted'
[[ -n \${_caro_loaded-} ]] || _caro_w+=' not-loaded'
[[ "\${precmd_functions[*]-} \${preexec_functions[*]-}" == *_caro_post*_caro_pre* ]] || _caro_w+=' replaced'
[[ -z \${HISTORY_IGNORE-} ]] || _caro_w+=' ignore'
(( ! \${+functions[zshaddhistory]} )) && [[ -z \${zshaddhistory_functions:#_caro_add} ]] || _caro_w+=' history-function'
'builtin' 'printf' '%s\\n' "${mark}spool=\${_caro_d-}" "${mark}why=$_caro_w" "${mark}ready"
`;

const forFish = (mark: string, history: string): string => `set -l why
test -z "$CARO_OFF"; or set -a why variable
test -z "$fish_private_mode"; or set -a why private
if set -q fish_history; and test -z "$fish_history"; set -a why no-history; else; set -g fish_history ${history}; end
test -n "$_caro_loaded"; or set -a why not-loaded
functions -q _caro_pre _caro_post; or set -a why replaced
builtin printf '%s\\n' "${mark}spool=$_caro_d" "${mark}why= $why" "${mark}ready"`;

/** The value of ENV is expanded as a shell does it. */
const ownEnv = (own: string | undefined): string =>
  own === undefined || own === ''
    ? "'unset' ENV\n"
    : `ENV=${alwaysQuoted('sh', own)}
'eval' "_caro_w=\\"$ENV\\""
[ ! -r "$_caro_w" ] || '.' "$_caro_w"
`;
const forSh = (
  mark: string,
  folder: string,
): string => `('unset' HISTFILE) 2>/dev/null && HISTFILE=${alwaysQuoted('sh', join(folder, 'history'))}
_caro_w=
[ -z "\${CARO_OFF-}" ] || _caro_w="$_caro_w variable"
[ "\${_caro_loaded-}" ] || _caro_w="$_caro_w not-loaded"
[ -z "\${_caro_at-}" ] || [ "\${_caro_d-}" ] || _caro_w="$_caro_w off"
[ -z "\${_caro_ps-}" ] || case $PS1 in *"$_caro_ps"*) ;; *) _caro_w="$_caro_w replaced" ;; esac
[ -z "\${HISTIGNORE-}" ] || _caro_w="$_caro_w ignore"
(PS1=$PS1) 2>/dev/null || _caro_w="$_caro_w readonly-ps1"
'command' 'printf' '%s\\n' "${mark}spool=\${_caro_d-}" "${mark}why=$_caro_w" "${mark}ready"
`;
