/** Two builds of the same sources in two places: bundles, page and archive have the same bytes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { requireNpmSbom } from '../rig/programs/require-npm.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const ROOT = resolve(__dirname, '../..');
const newFolder = temporaryFolders();
const NOT_SOURCES = new Set([
  'node_modules',
  'dist',
  '.dist-next',
  '.git',
  'release',
  'coverage',
  'screenshots',
  'test',
]);

/** `date`, `zone` and `language` of the builder are others each time, too. */
function build(folder: string, env: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(ROOT)) {
    if (!NOT_SOURCES.has(name)) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  // Names of chunks depend on where packages lie below the project, so they have to lie there;
  // links where the file system has them.
  const copy = (how: string): number | null =>
    spawnSync('cp', [how, join(ROOT, 'node_modules'), folder], { stdio: 'ignore' }).status;
  if (copy('-al') !== 0 && copy('-a') !== 0) throw new Error('expected to copy node_modules, could not');
  // The loader alone: the program `tsx` also opens a socket in the temporary folder.
  const run = (script: string, ...args: readonly string[]): string =>
    execFileSync(process.execPath, ['--import', 'tsx', join('scripts', script), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...env, SOURCE_DATE_EPOCH: '1750000000' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  run('build.ts');
  run(join('bundle', 'bundle-offline.ts'), join(folder, 'release'));
  return new Map(
    ['dist', 'release'].flatMap((part) =>
      readdirSync(join(folder, part), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry): [string, string] => {
          const file = join(entry.parentPath, entry.name);
          return [file.slice(folder.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')];
        }),
    ),
  );
}

requireNpmSbom()('the release', () => {
  test('has the same bytes from two directories, in two time zones and two languages', () => {
    const one = build(join(newFolder(), 'a'), { TZ: 'UTC', LC_ALL: 'C' });
    const other = build(join(newFolder(), 'a much longer', 'name'), { TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8' });
    expect(Object.fromEntries(other)).toEqual(Object.fromEntries(one));
    const names = [...one.keys()];
    for (const part of ['dist/daemon.js', 'dist/web-api.js', 'dist/page/index.html', 'release/'])
      expect(names.filter((name) => name.startsWith(part))).not.toEqual([]);
    expect(names.filter((name) => name.endsWith('.tar.gz'))).toHaveLength(1);
  });
});
