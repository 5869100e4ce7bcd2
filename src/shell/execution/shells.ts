import type { Dialect } from '../model.ts';

/**
 * Shells by name, with the grammar used for their text. csh is read as sh, which is close enough to
 * find what it starts.
 */
const SHELLS: Readonly<Record<string, Dialect>> = {
  sh: 'sh',
  bash: 'bash',
  rbash: 'bash',
  dash: 'sh',
  ash: 'sh',
  zsh: 'zsh',
  ksh: 'bash',
  ksh93: 'bash',
  mksh: 'bash',
  pdksh: 'bash',
  rksh: 'bash',
  yash: 'bash',
  posh: 'sh',
  fish: 'fish',
  csh: 'sh',
  tcsh: 'sh',
};

/** The grammar of a shell; undefined for other programs. */
export const shellDialect = (tool: string): Dialect | undefined =>
  Object.hasOwn(SHELLS, tool) ? SHELLS[tool] : undefined;

/** Variables that contain the path of a shell; `$0` is the shell at which the line was typed. */
export const SHELL_VARIABLES: ReadonlySet<string> = new Set(['SHELL', 'BASH', 'ZSH_NAME', 'FISH', '0']);
