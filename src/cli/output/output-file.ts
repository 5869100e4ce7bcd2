import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, lstatSync, renameSync, rmSync } from 'node:fs';
import { CaroError } from '../../domain/errors.ts';
import { isFullDisk } from '../../platform/files/full-disk.ts';

/**
 * Writes lines to a file that only its owner can read (0600). The file appears complete or not at
 * all and replaces an older regular file. It is never written through a link, so a planted link
 * cannot redirect it.
 *
 * @throws CaroError `place_unusable` if the path is not a regular file or cannot be written;
 *   `disk_full`
 */
export async function writePrivateFile(file: string, lines: Iterable<string>): Promise<void> {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found && !found.isFile())
    throw new CaroError('place_unusable', `${file}: expected a regular file or none, got something else; name another`);
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    const stream = createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true });
    await once(stream, 'open');
    await writeLines(stream, lines);
    stream.end();
    await once(stream, 'close');
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw unusable(file, error);
  }
}

/** Writes one text per line and waits for a slow reader. */
export async function writeLines(target: NodeJS.WritableStream, lines: Iterable<string>): Promise<void> {
  for (const line of lines) if (!target.write(`${line}\n`)) await once(target, 'drain');
}

function unusable(file: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof CaroError || code === undefined) return error;
  const kind = isFullDisk(error) ? 'disk_full' : 'place_unusable';
  return new CaroError(kind, `${file}: expected to write this file, got ${code}; name another one`, { cause: error });
}
