/** The packages whose code is in `dist/`, and the licence texts that have to come with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** The SPDX expression that the package states. */
  readonly licence: string;
  /** Absolute path of its installation. */
  readonly folder: string;
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt|mit|apache2?))?$/i;

/** The packages of these files, each once, sorted by name. Paths may be relative to the cwd. */
export function packagesOf(files: Iterable<string>): readonly BundledPackage[] {
  const folders = new Set<string>();
  for (const file of files) {
    const folder = packageFolder(file.split('?')[0] ?? file);
    if (folder !== null) folders.add(resolve(folder));
  }
  const found = new Map(
    [...folders].map((folder) => describe(folder)).map((one) => [`${one.name}@${one.version}`, one]),
  );
  return [...found.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** A heading `=== name@version (licence)` for each package, followed by its licence texts. */
export function notices(packages: readonly BundledPackage[]): string {
  const parts = packages.map(({ name, version, licence, folder }) => {
    const texts = readdirSync(folder)
      .filter((file) => LICENCE_FILE.test(file))
      .sort()
      .map((file) => readFileSync(join(folder, file), 'utf8').trim());
    return [`=== ${name}@${version} (${licence})`, ...texts].join('\n\n');
  });
  return `# Third-party code in these bundles\n\n${parts.join('\n\n')}\n`;
}

/** The package folder of a file (`node_modules/a/node_modules/@b/c`); null for our own files. */
function packageFolder(file: string): string | null {
  const parts = file.split(/[\\/]/);
  const at = parts.lastIndexOf('node_modules');
  if (at === -1) return null;
  const isScoped = parts[at + 1]?.startsWith('@') ?? false;
  return parts.slice(0, at + (isScoped ? 3 : 2)).join(sep);
}

function describe(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<
    Record<'name' | 'version', string>
  > & { readonly license?: string };
  if (license === undefined) throw new Error(`expected ${name}@${version} to state its licence`);
  return { name, version, licence: license, folder };
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
