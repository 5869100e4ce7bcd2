/**
 * The contents of an installation without a registry: the files of the npm package, and the
 * packages that are not in its bundles.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The entries of a package's folder that are read at run time. */
const RUN_TIME = /^(package\.json|LICENSE(\.md)?|lib|dist|bindings\.js|index\.js)$/;
const NOT_RUN = /(\.d\.[cm]?ts|\.map)$/;
/** These fetch or compile a binding during installation. The archive contains the binding. */
const INSTALL_ONLY = new Set(['prebuild-install', 'node-addon-api']);
/** True for Node.js 22.14 and later (src/storage/sqlite.ts). */
const HAS_NODE_API_10 = Number(process.versions['napi']) >= 10;

/** A release of better-sqlite3 with a compiled binding. */
export interface Binding {
  /** Its name in node_modules. */
  readonly name: string;
  readonly folder: string;
  /** The compiled file below `folder`, and where the package looks for it in an archive. */
  readonly file: string;
  readonly place: string;
  /** The Node.js versions that can load it, as a text for people. */
  readonly serves: string;
}

/** Compiled for the Node.js that runs this. */
export const ownBinding = (folder: string): Binding => ({
  name: 'better-sqlite3',
  folder,
  file: 'build/Release/better_sqlite3.node',
  // The package `bindings` looks here, by ABI, system and architecture.
  place: `lib/binding/node-v${process.versions.modules}-${process.platform}-${process.arch}/better_sqlite3.node`,
  serves: `Node.js ${process.versions.node.split('.')[0]}`,
});

/** Prebuilt for every Node.js with Node-API 10. */
export const sharedBinding = (folder: string): Binding => {
  const file = `prebuilds/${process.platform}-${process.arch}.node`;
  return { name: 'better-sqlite3-napi', folder, file, place: file, serves: 'Node.js 22.14 and later' };
};

/** The bindings installed under `root` that this Node.js can use. */
export function installedBindings(root: string): readonly Binding[] {
  const modules = join(root, 'node_modules');
  const all = [
    ...(HAS_NODE_API_10 ? [] : [ownBinding(join(modules, 'better-sqlite3'))]),
    sharedBinding(join(modules, 'better-sqlite3-napi')),
  ];
  const found = all.filter(({ folder, file }) => existsSync(join(folder, file)));
  if (found.length === 0) throw new Error('expected a SQLite binding for this Node.js, found none; run: npm ci');
  return found;
}

/**
 * Copies everything but checksums and bill of materials to `target`, which MUST NOT exist. `root`
 * MUST have been built.
 */
export function gather(root: string, target: string, bindings: readonly Binding[]): void {
  for (const file of packedFiles(root)) copy(join(root, file), join(target, file));
  copy(join(root, 'scripts', 'install.sh'), join(target, 'install.sh'));
  const modules = join(root, 'node_modules');
  const folders = new Map([
    ['piscina', join(modules, 'piscina')],
    ...bindings.map(({ name, folder }) => [name, folder] as const),
  ]);
  // Adds their dependencies, recursively: the map grows during the iteration.
  for (const folder of folders.values()) {
    for (const name of dependenciesOf(folder))
      if (!INSTALL_ONLY.has(name) && !folders.has(name)) folders.set(name, join(modules, name));
  }
  for (const [name, folder] of folders) {
    const entries = readdirSync(folder).filter((entry) => RUN_TIME.test(entry));
    for (const entry of entries) copy(join(folder, entry), join(target, 'node_modules', name, entry));
  }
  for (const { name, folder, file, place } of bindings)
    copy(join(folder, file), join(target, 'node_modules', name, place));
}

/** The files that `npm pack` would include. */
export function packedFiles(root: string): readonly string[] {
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  const [packed] = JSON.parse(text) as readonly { readonly files: readonly { readonly path: string }[] }[];
  return packed?.files.map(({ path }) => path) ?? [];
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, filter: (file) => !NOT_RUN.test(file) });
}

const dependenciesOf = (folder: string): readonly string[] => {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(text) as { readonly dependencies?: Readonly<Record<string, string>> };
  return Object.keys(dependencies);
};
