/**
 * Makes an archive that installs and runs without a registry or a compiler:
 * `release/caro-mesh-VERSION-SYSTEM-ARCH.tar.gz`. It contains `dist/`, so build first (`npm run
 * bundle:offline` does). The same commit and the same bindings give the same bytes. The archive
 * runs on the Node.js that makes it. With `--every-node` it also contains the binding that npm does
 * not install here, fetched from the registry.
 *
 *   npm run bundle:offline [-- FOLDER] [--every-node]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { releaseEpoch, writeArchive, writeSums } from './bundle-archive.ts';
import { fetchSharedBinding } from './bundle-binding.ts';
import { gather, installedBindings } from './bundle-contents.ts';
import { makeSbom } from './bundle-sbom.ts';

function main(folder: string, everyNode: boolean): void {
  const root = process.cwd();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const name = `caro-mesh-${version}-${process.platform}-${process.arch}`;
  const epoch = releaseEpoch(root);
  const stage = mkdtempSync(join(tmpdir(), 'caro-bundle-'));
  try {
    const target = join(stage, name);
    const installed = installedBindings(root);
    const isShared = installed.some(({ name }) => name === 'better-sqlite3-napi');
    const bindings = everyNode && !isShared ? [...installed, fetchSharedBinding(root, stage)] : installed;
    gather(root, target, bindings);
    writeFileSync(join(target, 'sbom.cdx.json'), `${JSON.stringify(makeSbom(root, epoch), null, 2)}\n`);
    writeSums(target);
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
