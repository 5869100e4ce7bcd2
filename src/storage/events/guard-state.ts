import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GUARD_FAILURES, GUARD_LEVELS, type GuardLevel, type GuardSettings } from '../../domain/guard/guard.ts';
import { replacePrivately } from '../../platform/files/private-file.ts';

/** Whether the shells of a person are guarded: a file in the spool, which their hooks look for. */
export interface GuardState {
  readonly from: GuardLevel;
  /** What a shell does where this program cannot be started. */
  readonly failure: GuardSettings['on_failure'];
  /** Whether lines are rated that no built-in rule is about, because an organization has rules. */
  readonly everyLine: boolean;
}

const EVERY = 'every';
const fileOf = (spool: string): string => join(spool, '.guard');

/** Null where the guard is off, or the file holds something else. */
export function readGuardState(spool: string): GuardState | null {
  try {
    const words = readFileSync(fileOf(spool), 'utf8').trim().split(' ');
    const from = GUARD_LEVELS.find((level) => level === words[0]);
    const failure = GUARD_FAILURES.find((word) => word === words[1]);
    return from === undefined || failure === undefined ? null : { from, failure, everyLine: words[2] === EVERY };
  } catch {
    return null;
  }
}

export const writeGuardState = (spool: string, { from, failure, everyLine }: GuardState): void =>
  replacePrivately(fileOf(spool), `${[from, failure, ...(everyLine ? [EVERY] : [])].join(' ')}\n`);

/**
 * Applies what the configuration says now, in every running shell, if the guard is on. Never
 * throws: on a full disk the shells keep what they were told.
 */
export function refreshGuardState(spool: string, next: Omit<GuardState, 'from'>): void {
  const state = readGuardState(spool);
  if (state === null || (state.failure === next.failure && state.everyLine === next.everyLine)) return;
  try {
    writeGuardState(spool, { ...state, ...next });
  } catch {
    // Tried again with the next change, and with the next start of the service.
  }
}

/** In force in every running shell with its next line. */
export const removeGuardState = (spool: string): void => rmSync(fileOf(spool), { force: true });
