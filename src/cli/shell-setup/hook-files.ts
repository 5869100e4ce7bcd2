import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../../config/places.ts';
import { SHELLS, type ShellKind } from '../../domain/events/shell-kind.ts';
import { makePrivateDirectory, replacePrivately } from '../../platform/private-file.ts';
import { hookCode } from './hook-code.ts';

/** The file that the start file of a shell sources. */
export const hookFile = (hooks: string, shell: ShellKind): string => join(hooks, `caro.${shell}`);

/**
 * Writes the hook of each shell where it differs from this version's. Each file is replaced in one
 * step, so that a shell that starts meanwhile reads a complete one. Without the files, start files
 * ask `caro shell init`; so a full disk is no error here.
 */
export function refreshHookFiles({ hooks, spool }: Pick<Places, 'hooks' | 'spool'>): void {
  try {
    if (!existsSync(hooks)) makePrivateDirectory(hooks);
    for (const shell of SHELLS) {
      const file = hookFile(hooks, shell);
      const code = hookCode(shell, spool);
      if (textOf(file) !== code) replacePrivately(file, code);
    }
  } catch {
    // The next start tries again.
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
