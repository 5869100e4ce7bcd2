import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { packageRoot } from '../package-root.ts';
import { quoted } from './shell-quote.ts';

/** The start-up file of each shell; `sh` reads the file that ENV names. */
const RC_FILES: Readonly<Record<ShellKind, string>> = {
  bash: '~/.bashrc',
  zsh: '~/.zshrc',
  fish: '~/.config/fish/config.fish',
  sh: 'the file named by $ENV (~/.profile can set it)',
};

export interface RcLine {
  readonly shell: ShellKind;
  readonly file: string;
  readonly line: string;
  /** The command that runs this program. */
  readonly program: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The one line that starts observation in the user's own shell. */
export function rcLine(env: Env): RcLine {
  const shell = shellOf(env);
  const program = caroCommand(env, shell);
  const command = `${program} shell init ${shell}`;
  const line = shell === 'fish' ? `${command} | source` : `eval "$(${command})"`;
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
