import { CaroError } from '../../domain/errors.ts';
import { textOf } from './workspace.ts';

export interface Inventory {
  readonly rows: readonly { readonly name: string; readonly fingerprint: string }[];
  /** Numbers of lines that are not understood, without empty ones and a first line with titles. */
  readonly unread: readonly number[];
}

/**
 * Lines "name,fingerprint" of an inventory, as a spreadsheet writes them: perhaps with a byte order
 * mark, semicolons, quotes or capitals.
 *
 * @throws CaroError `usage` if no line is one
 */
export function inventoryOf(file: string): Inventory {
  const rows: { readonly name: string; readonly fingerprint: string }[] = [];
  const unread: number[] = [];
  const lines = textOf(file)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const [name = '', print = ''] = line.split(/[,;]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    const fingerprint = print.toLowerCase();
    if (name !== '' && /^[0-9a-f]{16}$/.test(fingerprint)) rows.push({ name, fingerprint });
    else if (line.trim() !== '' && index > 0) unread.push(index + 1);
  }
  if (rows.length > 0) return { rows, unread };
  throw new CaroError('usage', `${file}: expected lines "name,fingerprint" with 16 hex digits, got none`);
}
