import type { ShellKind } from '../../domain/events/shell-kind.ts';

/** `text` as one literal word of the shell; plain words stay as they are. */
export function quoted(shell: ShellKind, text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : alwaysQuoted(shell, text);
}

/**
 * In single quotes, a POSIX shell treats only the quote itself as special: it is closed, escaped
 * and opened again. fish treats the quote and the backslash as special; both take a backslash.
 */
export function alwaysQuoted(shell: ShellKind, text: string): string {
  return shell === 'fish' ? `'${text.replace(/[\\']/g, '\\$&')}'` : `'${text.replaceAll("'", "'\\''")}'`;
}
