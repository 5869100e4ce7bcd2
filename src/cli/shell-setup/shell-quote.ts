import type { ShellKind } from '../../domain/events/shell-kind.ts';

/** `text` as one literal word of the shell; plain words stay as they are. */
export function quoted(shell: ShellKind, text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : alwaysQuoted(shell, text);
}

/**
 * In single quotes nothing is special to a POSIX shell but the quote itself, which is closed,
 * escaped and opened again; in fish the quote and the backslash are, and both take a backslash.
 */
export function alwaysQuoted(shell: ShellKind, text: string): string {
  return shell === 'fish' ? `'${text.replace(/[\\']/g, '\\$&')}'` : `'${text.replaceAll("'", "'\\''")}'`;
}
