import { readFileSync } from 'node:fs';

/**
 * The V8 flags of the service for a major version of Node.js, in the order of the file. The shell
 * part of `bin/caro.js` reads the same file; a test compares both.
 *
 * @param file `bin/v8-flags.txt`, which explains its format
 */
export function readV8Flags(file: string, major: string): readonly string[] {
  const flags: string[] = [];
  let applies = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [word = '', ...majors] = line.trim().split(/\s+/);
    if (word === 'majors:') applies = majors.includes(major) || majors.includes('any');
    else if (word.startsWith('--') && applies) flags.push(word);
  }
  return flags;
}
