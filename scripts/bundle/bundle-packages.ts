/**
 * Makes packages for Debian and Fedora with the contents of the offline archive and the user unit:
 * `release/caro-mesh_VERSION_ARCH.deb` and, where rpmbuild is installed, the `.rpm`. They contain
 * `dist/`, so build first (`npm run bundle:packages` does). They run on the Node.js that makes
 * them, with `--every-node` also on Node.js 22.14 and later. Needs dpkg-deb.
 *
 *   npm run bundle:packages [-- FOLDER] [--every-node]
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { constants, gzipSync } from 'node:zlib';
import { releaseEpoch } from './bundle-archive.ts';
import { stageBundle, versionOf } from './staged-bundle.ts';

const NAME = 'caro-mesh';
const SUMMARY = "Observes its owner's shells and answers a trusted mesh with signed summaries";
const DESCRIPTION = `Caro rates the risk of commands on this machine, keeps them in a private
database, and shows them to their owner only. Nothing starts by itself:
each user runs "caro init".`;
const MAINTAINER = 'Caro mesh <root@localhost>';
const COPYRIGHT = `Copyright: the authors of Caro mesh

Caro mesh is not licensed for redistribution.
Each package in /usr/lib/caro-mesh/node_modules has its own licence beside it;
sbom.cdx.json lists all of them.
`;
const LIB = `usr/lib/${NAME}`;
const UNIT = 'usr/lib/systemd/user/caro.service';
/** The names of the architecture that Debian and Fedora use. */
const ARCH = {
  x64: { deb: 'amd64', rpm: 'x86_64' },
  arm64: { deb: 'arm64', rpm: 'aarch64' },
} as const;

interface Package {
  readonly version: string;
  readonly epoch: number;
  /** The file tree of the package. */
  readonly tree: string;
  readonly stage: string;
  readonly folder: string;
}

/** The unit of every user, by the template of `caro service install`. */
function unit(root: string): string {
  const own = ['.config/caro', '.local/share/caro', '.local/state/caro'];
  const values = {
    COMMAND: `/bin/sh /${LIB}/bin/caro.js service run`,
    ENVIRONMENT: 'Environment=CARO_NODE=/usr/bin/node\nEnvironment=SQLITE_TMPDIR=%h/.local/share/caro',
    WRITABLE: [
      ...own.map((folder) => `ReadWritePaths=-%h/${folder}`),
      ...['RuntimeDirectory=caro', 'RuntimeDirectoryMode=0700', 'RuntimeDirectoryPreserve=yes'],
    ].join('\n'),
  };
  const template = readFileSync(join(root, 'config', 'systemd', 'caro.service'), 'utf8');
  const [, ...lines] = template.split('# Removed by `caro service uninstall`.\n');
  const text = ['# Part of the package. A unit of `caro service install` takes precedence.\n', ...lines].join('');
  return Object.entries(values).reduce((filled, [name, value]) => filled.replace(`@${name}@`, () => value), text);
}

/** What Debian asks for: its own form, with the date of the release. */
const debianChangelog = (version: string, epoch: number): string =>
  `${NAME} (${version}) unstable; urgency=medium

  * See CHANGELOG.md.gz.

 -- ${MAINTAINER}  ${new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')}
`;

/** The newest glibc that the bindings need. */
function glibcOf(tree: string): string {
  const bindings = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.node'));
  const minors = bindings
    .map((file) => readFileSync(join(tree, file), 'latin1'))
    .flatMap((bytes) => [...bytes.matchAll(/\bGLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)));
  return `2.${Math.max(...minors)}`;
}

function fillTree(root: string, tree: string, epoch: number): void {
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  };
  const packed = (text: string): Uint8Array => gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
  const packedFile = (file: string): Uint8Array => packed(readFileSync(join(root, file), 'utf8'));
  mkdirSync(join(tree, 'usr', 'bin'), { recursive: true });
  symlinkSync(`../lib/${NAME}/bin/caro.js`, join(tree, 'usr', 'bin', 'caro'));
  put(UNIT, unit(root));
  put('usr/share/man/man1/caro.1.gz', packedFile('man/caro.1'));
  put(`usr/share/doc/${NAME}/CHANGELOG.md.gz`, packedFile('CHANGELOG.md'));
  put(`usr/share/doc/${NAME}/changelog.gz`, packed(debianChangelog(versionOf(root), epoch)));
  put(`usr/share/doc/${NAME}/copyright`, COPYRIGHT);
}

/** Everybody may read, and run what is a program. */
function openModes(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openModes(path);
    else if (entry.isFile()) chmodSync(path, isProgram(path) ? 0o755 : 0o644);
  }
}

/** Hooks that a shell sources are none. */
const isProgram = (path: string): boolean =>
  path.endsWith('/bin/caro.js') || (path.endsWith('.sh') && readFileSync(path, 'utf8').startsWith('#!'));

function makeDeb({ version, epoch, tree, folder }: Package, arch: string): string {
  const control = `Package: ${NAME}
Version: ${version}
Architecture: ${arch}
Maintainer: ${MAINTAINER}
Depends: nodejs (>= 20.19), libc6 (>= ${glibcOf(tree)}), libstdc++6
Section: utils
Priority: optional
Description: ${SUMMARY}
${DESCRIPTION.replace(/^/gm, ' ')}
`;
  mkdirSync(join(tree, 'DEBIAN'));
  writeFileSync(join(tree, 'DEBIAN', 'control'), control);
  const file = join(folder, `${NAME}_${version}_${arch}.deb`);
  const env = { PATH: process.env['PATH'], SOURCE_DATE_EPOCH: String(epoch), LC_ALL: 'C' };
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, file], { env, stdio: 'pipe' });
  rmSync(join(tree, 'DEBIAN'), { recursive: true });
  return file;
}

/** Null where rpmbuild is not installed. */
function makeRpm({ version, epoch, tree, stage, folder }: Package, arch: string): string | null {
  try {
    execFileSync('rpmbuild', ['--version'], { stdio: 'pipe' });
  } catch {
    return null;
  }
  const spec = `Name: ${NAME}
Version: ${version.replaceAll('-', '~')}
Release: 1
Summary: ${SUMMARY}
License: Proprietary
Requires: nodejs >= 20.19
Requires: glibc >= ${glibcOf(tree)}
AutoReqProv: no
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%description
${DESCRIPTION}
%install
cp -a ${tree}/. %{buildroot}
%files
%defattr(-,root,root)
/${LIB}
/usr/bin/caro
/${UNIT}
/usr/share/man/man1/caro.1.gz
/usr/share/doc/${NAME}
`;
  const file = join(stage, `${NAME}.spec`);
  writeFileSync(file, spec);
  const defines = [`_topdir ${stage}/rpm`, `_rpmdir ${stage}/rpms`, 'use_source_date_epoch_as_buildtime 1'];
  const args = [...defines.flatMap((define) => ['--define', define]), '--target', arch, '-bb', file];
  const env = { PATH: process.env['PATH'], HOME: stage, SOURCE_DATE_EPOCH: String(epoch), LC_ALL: 'C' };
  execFileSync('rpmbuild', args, { env, stdio: 'pipe' });
  const name = `${NAME}-${version.replaceAll('-', '~')}-1.${arch}.rpm`;
  cpSync(join(stage, 'rpms', arch, name), join(folder, name));
  return join(folder, name);
}

function main(folder: string, everyNode: boolean): void {
  const root = process.cwd();
  const arch = Object.entries(ARCH).find(([name]) => name === process.arch)?.[1];
  if (!arch || process.platform !== 'linux')
    throw new Error(`expected Linux on x64 or arm64, got ${process.platform} on ${process.arch}`);
  const stage = mkdtempSync(join(tmpdir(), 'caro-packages-'));
  try {
    const tree = join(stage, 'tree');
    const epoch = releaseEpoch(root);
    const bindings = stageBundle(root, join(tree, LIB), { stage, epoch, everyNode });
    fillTree(root, tree, epoch);
    openModes(tree);
    mkdirSync(folder, { recursive: true });
    const parts: Package = { version: versionOf(root), epoch, tree, stage, folder };
    const deb = makeDeb(parts, arch.deb);
    const rpm = makeRpm(parts, arch.rpm);
    console.log(JSON.stringify({ deb, rpm, serves: bindings.map(({ serves }) => serves) }));
  } finally {
    rmSync(stage, { recursive: true });
  }
}

const { values, positionals } = parseArgs({
  options: { 'every-node': { type: 'boolean', default: false } },
  allowPositionals: true,
});
main(resolve(positionals[0] ?? 'release'), values['every-node']);
