/** Reproducible archives: the same files give the same bytes. Needs GNU tar. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const SUMS = 'SHA256SUMS';

/**
 * The time of a release in seconds since 1970: SOURCE_DATE_EPOCH (reproducible-builds.org), or the
 * time of the last commit.
 * @throws Error when neither is known
 */
export function releaseEpoch(root: string): number {
  const told = process.env['SOURCE_DATE_EPOCH'];
  if (told !== undefined && /^\d+$/.test(told)) return Number(told);
  if (!existsSync(join(root, '.git')))
    throw new Error(
      'expected a git checkout or SOURCE_DATE_EPOCH, found neither; set SOURCE_DATE_EPOCH to the time of the release',
    );
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }));
}

/** Writes the SHA256SUMS of every file in `folder`, in the format of sha256sum(1). */
export function writeSums(folder: string): void {
  const lines = filesIn(folder)
    .filter((file) => file !== SUMS)
    .map((file) => `${sha256(join(folder, file))}  ${file}\n`);
  writeFileSync(join(folder, SUMS), lines.join(''));
}

/**
 * Writes a gzipped ustar archive of a folder: sorted, owned by root, with the same bytes every
 * time. Of the modes, only the execute bit is kept.
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

/** Relative paths with `/`, sorted by code units. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
