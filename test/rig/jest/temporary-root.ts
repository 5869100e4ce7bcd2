/**
 * One folder for all that a run of the tests puts into the system's temporary folder: `setUp` makes
 * it before the first test, `tearDown` removes it after the last, and says what tests have left in
 * it. A run that was killed cannot; the next one removes its folder.
 */
import { chmodSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^caro-tests-(\d+)-/;
let root: string | undefined;
let before: string | undefined;

export function setUp(): void {
  const place = realpathSync(tmpdir());
  for (const name of readdirSync(place)) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) remove(join(place, name));
  }
  root = mkdtempSync(join(place, `caro-tests-${process.pid}-`));
  // As the folder it stands for: some tests act as another user.
  chmodSync(root, 0o1777);
  before = process.env['TMPDIR'];
  process.env['TMPDIR'] = root;
}

export function tearDown(): void {
  if (root === undefined) return;
  const left = readdirSync(root).filter((name) => name.startsWith('caro-'));
  if (left.length > 0)
    process.stderr.write(`${left.length} temporary folders were left: ${left.slice(0, 20).join(' ')}\n`);
  remove(root);
  // Mutation testing runs jest many times in one process.
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What is still mounted or in use there stays, and is tried again by the next run. */
function remove(folder: string): void {
  try {
    // A shell that is just ending may still write its history.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch (error) {
    process.stderr.write(`${folder} could not be removed: ${(error as NodeJS.ErrnoException).code}\n`);
  }
}
