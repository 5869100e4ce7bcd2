import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import type { Places } from '../../config/places.ts';
import { SHELLS, type ShellKind } from '../../domain/events/shell-kind.ts';
import type { ShellSetup } from '../../domain/status/status.ts';
import { packageRoot } from '../package-root.ts';
import { hookFile } from './hook-files.ts';
import { quoted } from './shell-quote.ts';

/** The start-up file of each shell; `sh` reads the file that ENV names. */
const RC_FILES: Readonly<Record<ShellKind, string>> = {
  bash: '~/.bashrc',
  zsh: '~/.zshrc',
  fish: '~/.config/fish/config.fish',
  sh: 'the file named by $ENV (~/.profile can set it)',
};

export interface RcLine extends ShellSetup {
  /** The command that runs this program. */
  readonly program: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The line of each shell, for the page: it does not know the shell of its reader. */
export const shellSetups = (env: Env, places: Pick<Places, 'hooks'>): readonly ShellSetup[] =>
  SHELLS.map((shell) => {
    const { file, line } = rcLine(env, places, shell);
    return { shell, file, line };
  });

/**
 * The one line that starts observation, in the user's own shell unless another is named. Starting
 * this program takes longer than everything else in a start file, so the line sources a file;
 * without it, this program prints the hook, and writes the file for the next shell.
 */
export function rcLine(env: Env, { hooks }: Pick<Places, 'hooks'>, shell = shellOf(env)): RcLine {
  const program = caroCommand(env, shell);
  const command = `${program} shell init ${shell}`;
  const source = quoted(shell, hookFile(hooks, shell));
  const line =
    shell === 'fish'
      ? `if test -r ${source}; source ${source}; else; ${command} | source; end`
      : `if [ -r ${source} ]; then . ${source}; else eval "$(${command})"; fi`;
  return { shell, file: RC_FILES[shell], line, program };
}

/** From `$SHELL`; any POSIX shell without its own hook counts as sh. */
export function shellOf({ SHELL: path = '' }: Env): ShellKind {
  const name = basename(path);
  return name === 'bash' || name === 'zsh' || name === 'fish' ? name : 'sh';
}

/**
 * `caro` if that runs this program, otherwise its full path, so that the line works without an
 * installation.
 */
function caroCommand(env: Env, shell: ShellKind): string {
  const own = join(packageRoot(), 'bin', 'caro.js');
  if (isOnPath(env, own)) return 'caro';
  return quoted(shell, own);
}

function isOnPath({ PATH: path = '' }: Env, own: string): boolean {
  const found = path.split(delimiter).find((folder) => folder !== '' && isExecutable(join(folder, 'caro')));
  return found !== undefined && realpathSync(join(found, 'caro')) === realpathSync(own);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
