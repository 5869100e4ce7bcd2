import { execFileSync, spawnSync } from 'node:child_process';
import { describe, test } from '@jest/globals';
import { otherRoot, type ShellName } from './pty.ts';

/**
 * `describe`, or a named skip where one of the shells is missing. With CI=true a missing shell
 * fails the file instead.
 */
export function requireShell(...names: readonly ShellName[]): typeof describe | typeof describe.skip {
  const missing = names.filter((name) => !hasProgram(name));
  if (missing.length === 0) return describe;
  if (process.env['CI'] === 'true') throw new Error(`CI needs ${missing.join(', ')}; .ci/run installs it`);
  return describe.skip;
}

export function hasProgram(name: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Whether the bash under test is at least of this version. */
export function hasBash(major: number, minor: number): boolean {
  const [file, ...args] = [
    ...otherRoot('/'),
    'bash',
    '-c',
    `((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= ${major * 100 + minor}))`,
  ];
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

/** `test`, or a named skip where bash is older: docs/hooks.md says what older versions lack. */
export const sinceBash = (major: number, minor: number): typeof test | typeof test.skip =>
  hasBash(major, minor) ? test : test.skip;
