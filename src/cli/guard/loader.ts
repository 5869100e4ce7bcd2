/*
 * Loads the guard, which is one file, with the code that V8 compiled before: starting it costs most
 * of what a guard adds to a command. `bin/caro.js` loads this module. It needs nothing of Node.js
 * that is not loaded already.
 */
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Script } from 'node:vm';

type Program = typeof import('./program.ts');

const HEADER_BYTES = 128;
/** Permissions of a file that others may read or write. */
const OTHERS = 0o077;

/** `caro guard check …` and `caro guard agent …`; resolves with the exit code. */
export async function runGuard([, which, ...args]: readonly string[]): Promise<number> {
  const file = join(__dirname, 'guard-program.js');
  const cacheFolder = folderOf(process.env);
  const source = Module.wrap(readFileSync(file, 'latin1'));
  const header = headerOf(file, source);
  const cachedData = cacheFolder === null ? undefined : readOwn(cacheFolder, header);
  const script = new Script(source, { filename: file, ...(cachedData ? { cachedData } : {}) });
  const loaded = new Module(file);
  const run = script.runInThisContext() as (...names: unknown[]) => void;
  run.call(loaded.exports, loaded.exports, createRequire(file), loaded, file, __dirname);
  const program = loaded.exports as Program;
  const code = await (which === 'agent'
    ? program.runAgentGuard(args, cacheFolder)
    : program.runGuard(args, cacheFolder));
  const isKept = cachedData !== undefined && script.cachedDataRejected !== true;
  if (cacheFolder !== null && !isKept) keep(cacheFolder, header, script);
  return code;
}

/** `cache` in the data directory (`src/config/places.ts`); null where there is no node. */
function folderOf({ CARO_HOME: own = '', XDG_DATA_HOME: data = '' }: NodeJS.ProcessEnv): string | null {
  if (own !== '' && !isAbsolute(own)) return null;
  const folder =
    own === '' ? join(isAbsolute(data) ? data : join(homedir(), '.local/share'), 'caro') : join(own, 'data');
  try {
    const cache = join(folder, 'cache');
    if (lstatSync(cache, { throwIfNoEntry: false }) === undefined) mkdirSync(cache, { mode: 0o700 });
    const facts = lstatSync(cache);
    return facts.isDirectory() && facts.uid === process.getuid?.() && (facts.mode & OTHERS) === 0 ? cache : null;
  } catch {
    return null;
  }
}

/** Binds compiled code to its source and to V8, which itself compares only lengths. */
function headerOf(file: string, { length }: string): Buffer {
  const { ino, size, mtimeMs } = statSync(file);
  const text = [process.version, process.arch, ino, size, mtimeMs, length].join(' ');
  return Buffer.from(text.slice(0, HEADER_BYTES).padEnd(HEADER_BYTES), 'latin1');
}

/** Never read through a link, and never of somebody else: it is run. */
function readOwn(folder: string, header: Buffer): Buffer | undefined {
  const file = join(folder, 'guard.code');
  try {
    const facts = lstatSync(file);
    if (!facts.isFile() || facts.uid !== process.getuid?.() || (facts.mode & OTHERS) !== 0) return undefined;
    const bytes = readFileSync(file);
    return bytes.subarray(0, HEADER_BYTES).equals(header) ? bytes.subarray(HEADER_BYTES) : undefined;
  } catch {
    return undefined;
  }
}

/** Written last, when all that was needed is compiled. The cache is optional. */
function keep(folder: string, header: Buffer, script: Script): void {
  const next = join(folder, `guard.code.${process.pid}`);
  try {
    writeFileSync(next, Buffer.concat([header, script.createCachedData()]), { mode: 0o600, flag: 'wx' });
    renameSync(next, join(folder, 'guard.code'));
  } catch {
    rmSync(next, { force: true });
  }
}
