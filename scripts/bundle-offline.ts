/**
 * One archive that installs and runs without a registry or a compiler: `release/caro-mesh-VERSION-SYSTEM-ARCH.tar.gz`. It is made of
 * `dist/`, so build first (`npm run bundle:offline` does). The same commit and the same bindings give the same bytes.
 *
 *   npm run bundle:offline [-- FOLDER]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { releaseEpoch, writeArchive, writeSums } from './bundle-archive.ts';
import { bindings, gather } from './bundle-contents.ts';
import { makeSbom } from './bundle-sbom.ts';

function main(folder: string): void {
  const root = process.cwd();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const name = `caro-mesh-${version}-${process.platform}-${process.arch}`;
  const epoch = releaseEpoch(root);
  const stage = mkdtempSync(join(tmpdir(), 'caro-bundle-'));
  try {
    const target = join(stage, name);
    const carried = bindings(root);
    gather(root, target, carried);
    writeFileSync(join(target, 'sbom.cdx.json'), `${JSON.stringify(makeSbom(root, epoch), null, 2)}\n`);
    writeSums(target);
    mkdirSync(folder, { recursive: true });
    const archive = join(folder, `${name}.tar.gz`);
    writeArchive(target, archive, epoch);
    console.log(JSON.stringify({ archive, bindings: carried.map(({ tag }) => tag) }));
  } finally {
    rmSync(stage, { recursive: true });
  }
}

main(resolve(process.argv[2] ?? 'release'));
