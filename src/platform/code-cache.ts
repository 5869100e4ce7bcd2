import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { withPrivateFile, writePrivately } from './files/private-file.ts';

const DIGEST_BYTES = 32;

/**
 * A CommonJS file of this program with a cache of the code that V8 compiled, which halves the time
 * to load it. The cache file contains a digest of its source, so another version of the program
 * never uses it. Where it is missing, not private or damaged, the source is compiled.
 */
export class CachedModule {
  #compiled: { readonly script: Script; readonly source: string; readonly isKept: boolean } | undefined;

  /** @param cacheFile in a folder that only the owner can write to; need not exist */
  constructor(
    private readonly file: string,
    private readonly cacheFile: string,
  ) {}

  /** Runs it and returns its exports. */
  load(): unknown {
    const source = Module.wrap(readFileSync(this.file, 'utf8'));
    const cachedData = readOwn(this.cacheFile, source);
    const script = new Script(source, { filename: this.file, ...(cachedData ? { cachedData } : {}) });
    this.#compiled = { script, source, isKept: cachedData !== undefined && script.cachedDataRejected !== true };
    const loaded = new Module(this.file);
    const run = script.runInThisContext() as (...names: unknown[]) => void;
    run.call(loaded.exports, loaded.exports, createRequire(this.file), loaded, this.file, dirname(this.file));
    return loaded.exports;
  }

  /**
   * Writes the code compiled so far to the cache file, unless it was loaded from there. Never
   * throws: the cache is optional.
   */
  keep(): void {
    if (!this.#compiled || this.#compiled.isKept) return;
    const { script, source } = this.#compiled;
    const next = `${this.cacheFile}.${process.pid}`;
    try {
      const code = script.createCachedData();
      writePrivately(next, Buffer.concat([digestOf(source, code), code]));
      renameSync(next, this.cacheFile);
    } catch {
      rmSync(next, { force: true });
    }
  }
}

/** Binds compiled code to its source and to the version of V8; V8 itself compares only lengths. */
const digestOf = (source: string, code: Buffer): Buffer =>
  createHash('sha256').update(process.version).update(process.arch).update(source).update(code).digest();

/** What `keep` wrote, if the file is private, complete and for this source. */
function readOwn(file: string, source: string): Buffer | undefined {
  try {
    const bytes = withPrivateFile(file, (descriptor) => readFileSync(descriptor));
    const code = bytes.subarray(DIGEST_BYTES);
    return digestOf(source, code).equals(bytes.subarray(0, DIGEST_BYTES)) ? code : undefined;
  } catch {
    return undefined;
  }
}
