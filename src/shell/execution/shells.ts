import type { Dialect } from '../model.ts';

/**
 * Shells by name, with the grammar their text is read in. csh is read as sh: close enough for what
 * it starts.
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

/**
 * The language of a shell, by the name of its program; undefined for programs that are no shell.
 */
export const shellDialect = (tool: string): Dialect | undefined =>
  Object.hasOwn(SHELLS, tool) ? SHELLS[tool] : undefined;

/** Variables that hold the path of a shell. */
export const SHELL_VARIABLES: ReadonlySet<string> = new Set(['SHELL', 'BASH', 'ZSH_NAME', 'FISH']);
