import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GUARD_FAILURES, GUARD_LEVELS, type GuardLevel, type GuardSettings } from '../../domain/guard/guard.ts';
import { replacePrivately } from '../../platform/private-file.ts';

/** Whether the shells of a person are guarded: a file in the spool, which their hooks look for. */
export interface GuardState {
  readonly from: GuardLevel;
  /** What a shell does where this program cannot be started. */
  readonly failure: GuardSettings['on_failure'];
}

const fileOf = (spool: string): string => join(spool, '.guard');

/** Null where the guard is off, or the file holds something else. */
export function readGuardState(spool: string): GuardState | null {
  try {
    const words = readFileSync(fileOf(spool), 'utf8').trim().split(' ');
    const from = GUARD_LEVELS.find((level) => level === words[0]);
    const failure = GUARD_FAILURES.find((word) => word === words[1]);
    return from === undefined || failure === undefined ? null : { from, failure };
  } catch {
    return null;
  }
}

export const writeGuardState = (spool: string, { from, failure }: GuardState): void =>
  replacePrivately(fileOf(spool), `${from} ${failure}\n`);

/** In force in every running shell with its next line. */
export const removeGuardState = (spool: string): void => rmSync(fileOf(spool), { force: true });
