/**
 * What an installation without a registry consists of: the files of the npm package, and the
 * packages that are not in its bundles.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Of a package's own folder, what is read at run time. */
const RUN_TIME = /^(package\.json|LICENSE(\.md)?|lib|dist|bindings\.js|index\.js)$/;
const NOT_RUN = /(\.d\.[cm]?ts|\.map)$/;
/** Fetch or compile a binding while it is installed; the binding comes with us. */
const INSTALL_ONLY = new Set(['prebuild-install', 'node-addon-api']);
/** Node.js 22.14 and later (src/storage/sqlite.ts). */
const HAS_NODE_API_10 = Number(process.versions['napi']) >= 10;

/** A release of better-sqlite3 with a compiled binding. */
export interface Binding {
  /** Its name in node_modules. */
  readonly name: string;
  readonly folder: string;
  /** The compiled file, below `folder`, and where the package looks for it in an archive. */
  readonly file: string;
  readonly place: string;
  /** Which Node.js can load it, for people. */
  readonly serves: string;
}

/** Compiled for the Node.js that runs this. */
export const ownBinding = (folder: string): Binding => ({
  name: 'better-sqlite3',
  folder,
  file: 'build/Release/better_sqlite3.node',
  // Where the package `bindings` looks by ABI, system and architecture.
  place: `lib/binding/node-v${process.versions.modules}-${process.platform}-${process.arch}/better_sqlite3.node`,
  serves: `Node.js ${process.versions.node.split('.')[0]}`,
});

/** Prebuilt, for every Node.js that has Node-API 10. */
export const sharedBinding = (folder: string): Binding => {
  const file = `prebuilds/${process.platform}-${process.arch}.node`;
  return { name: 'better-sqlite3-napi', folder, file, place: file, serves: 'Node.js 22.14 and later' };
};

/** The bindings that are installed under `root`, without the one that this Node.js does not use. */
export function installedBindings(root: string): readonly Binding[] {
  const modules = join(root, 'node_modules');
  const all = [
    ...(HAS_NODE_API_10 ? [] : [ownBinding(join(modules, 'better-sqlite3'))]),
    sharedBinding(join(modules, 'better-sqlite3-napi')),
  ];
  const found = all.filter(({ folder, file }) => existsSync(join(folder, file)));
  if (found.length === 0) throw new Error('expected a SQLite binding for this Node.js to be installed; run: npm ci');
  return found;
}

/**
 * Copies everything but sums and bill of materials to `target`, which must not be there. `root` has
 * been built.
 */
export function gather(root: string, target: string, bindings: readonly Binding[]): void {
  for (const file of packedFiles(root)) copy(join(root, file), join(target, file));
  copy(join(root, 'scripts', 'install.sh'), join(target, 'install.sh'));
  const modules = join(root, 'node_modules');
  const folders = new Map([
    ['piscina', join(modules, 'piscina')],
    ...bindings.map(({ name, folder }) => [name, folder] as const),
  ]);
  // What they need at run time, and what that needs: the map grows while it is walked.
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

/** What `npm pack` would take. */
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
