import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../../config/places.ts';
import { SHELLS, type ShellKind } from '../../domain/events/shell-kind.ts';
import { makePrivateDirectory, replacePrivately } from '../../platform/files/private-file.ts';
import { readGuardState } from '../../storage/events/guard-state.ts';
import { agentHookCode, guardCode, hookCode } from './hook-code.ts';

type HookPlaces = Pick<Places, 'spool' | 'rules' | 'socket'>;

/** The file that the start file of a shell sources. */
export const hookFile = (hooks: string, shell: ShellKind): string => join(hooks, `caro.${shell}`);

/** The program that the hook files of coding agents start. */
export const agentHookFile = (hooks: string): string => join(hooks, 'caro-agent.sh');

/**
 * Writes the hook of each shell where it differs from this version's. Each file is replaced in one
 * step, so that a shell that starts meanwhile reads a complete one. Without the files, start files
 * ask `caro shell init`; so a full disk is no error here.
 */
export function refreshHookFiles(places: HookPlaces & Pick<Places, 'hooks'>): void {
  const { hooks } = places;
  try {
    if (!existsSync(hooks)) makePrivateDirectory(hooks);
    const files = SHELLS.map((shell) => [hookFile(hooks, shell), codeOf(shell, places)] as const);
    for (const [file, code] of [...files, [agentHookFile(hooks), agentHookCode(places.spool)] as const])
      if (textOf(file) !== code) replacePrivately(file, code);
  } catch {
    // The next start tries again.
  }
}

/** The hook, with the guard where it is on. */
export function codeOf(shell: ShellKind, places: HookPlaces): string {
  const { spool } = places;
  return `${hookCode(shell, spool)}${readGuardState(spool) === null ? '' : guardCode(shell, places)}`;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
