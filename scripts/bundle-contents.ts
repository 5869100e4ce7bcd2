/** What an installation without a registry consists of: the files of the npm package, and the packages that are not in its bundles. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';

/** Found in node_modules at run time (scripts/build.ts); all else is in `dist/`. */
const ROOTS = ['better-sqlite3', 'piscina'] as const;
/** Fetches or compiles the binding while it is installed; the binding comes with us. */
const INSTALL_ONLY = new Set(['prebuild-install']);
/** Of a package's own folder, what is read at run time. */
const RUN_TIME = /^(package\.json|LICENSE(\.md)?|lib|dist|bindings\.js|index\.js)$/;
const NOT_RUN = /(\.d\.[cm]?ts|\.map)$/;

export interface Binding {
  /** `node-v115-linux-x64`: ABI, system, architecture. */
  readonly tag: string;
  readonly file: string;
}

/** `node-v115-linux-x64` of the Node that runs this: where `bindings` looks for an addon. */
export const BINDING_TAG = `node-v${process.versions.modules}-${process.platform}-${process.arch}`;

/** Where the bindings for other versions of Node are kept once they are compiled (scripts/node-versions.ts). */
export function bindingCache(root: string): string {
  const { version } = readPackage(join(root, 'node_modules', 'better-sqlite3'));
  return join(root, 'node_modules', '.cache', 'caro', `better-sqlite3-${version}`);
}

/** The binding of this Node, as installed, and what the cache holds for others on this system. */
export function bindings(root: string): readonly Binding[] {
  const own = {
    tag: BINDING_TAG,
    file: join(root, 'node_modules', 'better-sqlite3', 'build', 'Release', 'better_sqlite3.node'),
  };
  const cache = bindingCache(root);
  const suffix = `-${process.platform}-${process.arch}`;
  const others = (existsSync(cache) ? readdirSync(cache) : [])
    .filter((tag) => tag.endsWith(suffix) && tag !== own.tag)
    .map((tag) => ({ tag, file: join(cache, tag, 'better_sqlite3.node') }));
  return [own, ...others].sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** Copies everything but sums and bill of materials to `target`, which must not be there. `root` has been built. */
export function gather(root: string, target: string, carried: readonly Binding[]): void {
  for (const file of packedFiles(root)) copy(join(root, file), join(target, file));
  copy(join(root, 'scripts', 'install.sh'), join(target, 'install.sh'));
  for (const name of closure(root)) {
    const [from, to] = [join(root, 'node_modules', name), join(target, 'node_modules', name)];
    for (const entry of readdirSync(from)) if (RUN_TIME.test(entry)) copy(join(from, entry), join(to, entry));
  }
  for (const { tag, file } of carried) {
    const folder = join(target, 'node_modules', 'better-sqlite3', 'lib', 'binding', tag);
    copy(file, join(folder, 'better_sqlite3.node'));
  }
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

/** The packages outside of the bundles with all they need at run time. */
function closure(root: string): readonly string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name) || INSTALL_ONLY.has(name)) return;
    found.add(name);
    for (const next of Object.keys(readPackage(join(root, 'node_modules', name)).dependencies ?? {})) add(next);
  };
  ROOTS.forEach(add);
  return [...found].sort();
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, {
    recursive: true,
    // A binding that was compiled into a package's own folder is carried by its tag, or not at all.
    filter: (file) => !NOT_RUN.test(file) && !(basename(file) === 'binding' && file.includes(`${sep}lib${sep}`)),
  });
}

interface PackageFile {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readPackage = (folder: string): PackageFile =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;
