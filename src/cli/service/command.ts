import { join } from 'node:path';
import { readV8Flags } from '../../platform/v8-flags.ts';
import { packageRoot } from '../package-root.ts';

/** Program and arguments that run the service in the foreground. */
export function serviceCommand(): readonly [string, ...string[]] {
  const bin = join(packageRoot(), 'bin');
  const [major = ''] = process.versions.node.split('.');
  const flags = readV8Flags(join(bin, 'v8-flags.txt'), major);
  return [process.execPath, ...flags, join(bin, 'caro.js'), 'service', 'run'];
}
