/**
 * Archives that have the same bytes whenever and wherever they are made of the same files. Needs
 * GNU tar.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const SUMS = 'SHA256SUMS';

/**
 * Seconds since 1970 that stand for the time of a release: SOURCE_DATE_EPOCH
 * (reproducible-builds.org), or the last commit.
 */
export function releaseEpoch(root: string): number {
  const told = process.env['SOURCE_DATE_EPOCH'];
  if (told !== undefined && /^\d+$/.test(told)) return Number(told);
  if (!existsSync(join(root, '.git')))
    throw new Error('expected a git checkout or SOURCE_DATE_EPOCH: an archive has to bear the time of its release');
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }));
}

/** Writes SHA256SUMS, as sha256sum(1) reads it, over every file in `folder`. */
export function writeSums(folder: string): void {
  const lines = filesIn(folder)
    .filter((file) => file !== SUMS)
    .map((file) => `${sha256(join(folder, file))}  ${file}\n`);
  writeFileSync(join(folder, SUMS), lines.join(''));
}

/**
 * A gzipped ustar archive of a folder: sorted, owned by root, every time the same. Files keep
 * whether they can be run, nothing else.
 */
export function writeArchive(folder: string, archive: string, epochSeconds: number): void {
  const order = ['--sort=name', '--format=ustar', `--mtime=@${epochSeconds}`];
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const tar = execFileSync('tar', [...order, ...owner, '-C', dirname(folder), '-cf', '-', basename(folder)], {
    maxBuffer: 1024 * 1024 * 1024,
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  writeFileSync(archive, gzipSync(tar, { level: constants.Z_BEST_COMPRESSION }));
  writeFileSync(`${archive}.sha256`, `${sha256(archive)}  ${basename(archive)}\n`);
}

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Relative paths with `/`, sorted by their bytes. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
