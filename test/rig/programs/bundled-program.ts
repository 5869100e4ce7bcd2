import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { buildSync } from 'esbuild';

/** Beside the packages, where the addon of SQLite is found. */
const CACHE = join(__dirname, '../../../node_modules/.cache');

/** A program of a test in one file, which Node.js starts several times as fast as its sources. */
export function bundledProgram(source: string): string {
  const outfile = join(CACHE, `${basename(source, '.ts')}-${process.pid}.cjs`);
  beforeAll(() => {
    mkdirSync(CACHE, { recursive: true });
    buildSync({
      entryPoints: [source],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20.19',
      packages: 'bundle',
      external: ['better-sqlite3', 'better-sqlite3-napi'],
    });
  });
  afterAll(() => rmSync(outfile, { force: true }));
  return outfile;
}
