/** What every form of an installation without a registry contains. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSums } from './bundle-archive.ts';
import { fetchSharedBinding } from './bundle-binding.ts';
import { type Binding, gather, installedBindings } from './bundle-contents.ts';
import { makeSbom } from './bundle-sbom.ts';

export const versionOf = (root: string): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version;

/**
 * Fills `target`, which MUST NOT exist. `root` MUST have been built.
 *
 * @param stage a folder for what is fetched
 */
export function stageBundle(
  root: string,
  target: string,
  { stage, epoch, everyNode }: { readonly stage: string; readonly epoch: number; readonly everyNode: boolean },
): readonly Binding[] {
  const installed = installedBindings(root);
  const isShared = installed.some(({ name }) => name === 'better-sqlite3-napi');
  const bindings = everyNode && !isShared ? [...installed, fetchSharedBinding(root, stage)] : installed;
  gather(root, target, bindings);
  writeFileSync(join(target, 'sbom.cdx.json'), `${JSON.stringify(makeSbom(root, epoch), null, 2)}\n`);
  writeSums(target);
  return bindings;
}
