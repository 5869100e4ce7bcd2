/**
 * Makes an archive that installs and runs without a registry or a compiler:
 * `release/caro-mesh-VERSION-SYSTEM-ARCH.tar.gz`. It contains `dist/`, so build first (`npm run
 * bundle:offline` does). The same commit and the same bindings give the same bytes. The archive
 * runs on the Node.js that makes it. With `--every-node` it also contains the binding that npm does
 * not install here, fetched from the registry.
 *
 *   npm run bundle:offline [-- FOLDER] [--every-node]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { releaseEpoch, writeArchive } from './bundle-archive.ts';
import { stageBundle, versionOf } from './staged-bundle.ts';

function main(folder: string, everyNode: boolean): void {
  const root = process.cwd();
  const name = `caro-mesh-${versionOf(root)}-${process.platform}-${process.arch}`;
  const epoch = releaseEpoch(root);
  const stage = mkdtempSync(join(tmpdir(), 'caro-bundle-'));
  try {
    const target = join(stage, name);
    const bindings = stageBundle(root, target, { stage, epoch, everyNode });
    mkdirSync(folder, { recursive: true });
    const archive = join(folder, `${name}.tar.gz`);
    writeArchive(target, archive, epoch);
    console.log(JSON.stringify({ archive, serves: bindings.map(({ serves }) => serves) }));
  } finally {
    rmSync(stage, { recursive: true });
  }
}

const { values, positionals } = parseArgs({
  options: { 'every-node': { type: 'boolean', default: false } },
  allowPositionals: true,
});
main(resolve(positionals[0] ?? 'release'), values['every-node']);
