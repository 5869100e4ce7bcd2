import { execFileSync } from 'node:child_process';
import { describe } from '@jest/globals';

/** `npm sbom`, which the archive is made with, came with this major version. */
const MIN_NPM = 10;

/**
 * `describe`, or a named skip where npm is older (Debian 13 has 9). With CI=true an older npm fails
 * the file instead.
 */
export function requireNpmSbom(): typeof describe | typeof describe.skip {
  const version = execFileSync('npm', ['--version'], { encoding: 'utf8' }).trim();
  if (Number.parseInt(version, 10) >= MIN_NPM) return describe;
  if (process.env['CI'] === 'true') throw new Error(`CI needs npm ${MIN_NPM} or newer, got ${version}`);
  return describe.skip;
}
