import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { withPrivateFile, writePrivately } from './private-file.ts';

const DIGEST_BYTES = 32;

/**
 * A CommonJS file of this program that V8 has compiled before: half the time to load it is
 * compiling otherwise. The compiled code lies in a file of ours that names the source it was made
 * from, so another version of the program never gets it. Where it is missing, foreign or damaged
 * the source is compiled as ever.
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
   * Keeps what has been compiled by now for the next time, unless it came from there. Never throws:
   * nothing depends on it.
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

/**
 * Binds compiled code to its source and to the V8 that made it; V8 itself compares no more than
 * lengths.
 */
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
