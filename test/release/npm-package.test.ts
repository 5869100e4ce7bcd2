/** What `npm pack` makes: nothing but what runs, small, and it installs and runs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { packedFiles } from '../../scripts/bundle/bundle-contents.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const ROOT = resolve(__dirname, '../..');
const newFolder = temporaryFolders();
/** 2.7 MB when this was written, 1.1 of it pictures; the guard has rules in its own bundle. */
const LARGEST_BYTES = 2_800_000;
const ALLOWED = [
  /^(package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|bin\/(caro\.js|v8-flags\.txt)|man\/caro\.1)$/,
  /^hooks\/(caro\.(bash|fish|sh|zsh)|(guard|search)\.(bash|fish|zsh)|caro-agent\.sh|guard-ask\.pl)$/,
  /^config\/(caro\.example\.toml|grafana\/caro-mesh-totals\.json|systemd\/caro\.service|launchd\/org\.caro-mesh\.caro\.plist)$/,
  /^docs\/([a-z-]+|adr\/\d{4}-[a-z0-9-]+)\.md$/,
  /^docs\/images\/[a-z0-9-]+\.(png|svg)$/,
  /^dist\/([a-z][a-z.-]*|(chunk|[A-Za-z0-9.-]+)-[A-Z0-9]{8})\.js$/,
  /^dist\/third-party-notices\.txt$/,
  /^dist\/page\/(index|enter|locked)\.html$/,
  /^dist\/page\/[A-Za-z0-9_./-]+\.(js|css|svg)(\.br|\.gz)?$/,
];
const NEEDED = [
  ...[
    'bin/caro.js',
    'bin/v8-flags.txt',
    'man/caro.1',
    'CHANGELOG.md',
    'dist/third-party-notices.txt',
    'dist/page/index.html',
  ],
  ...['cli', 'daemon', 'web', 'web-api', 'worker'].map((name) => `dist/${name}.js`),
  ...['bash', 'fish', 'sh', 'zsh'].map((shell) => `hooks/caro.${shell}`),
  ...['bash', 'fish', 'zsh'].flatMap((shell) => [`hooks/search.${shell}`, `hooks/guard.${shell}`]),
  'hooks/caro-agent.sh',
  ...['config/systemd/caro.service', 'config/launchd/org.caro-mesh.caro.plist', 'config/caro.example.toml'],
];

test('holds every file that is needed and none that is not', () => {
  const files = packedFiles(ROOT);
  expect(files.filter((file) => !ALLOWED.some((pattern) => pattern.test(file)))).toEqual([]);
  expect(NEEDED.filter((file) => !files.includes(file))).toEqual([]);
});

test('tells nothing about the machine that made it', () => {
  const telling = packedFiles(ROOT)
    .filter((file) => file.startsWith('dist/'))
    .filter((file) => readFileSync(join(ROOT, file)).includes(ROOT));
  expect(telling).toEqual([]);
});

test('is small, installs as a global command and runs', () => {
  const folder = newFolder();
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const tarball = join(folder, execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }).trim());
  expect(statSync(tarball).size).toBeLessThan(LARGEST_BYTES);
  const prefix = join(folder, 'prefix');
  // Its packages are in npm's cache since `npm ci`; the binding is not compiled, for want of
  // minutes (the offline archive brings one).
  const install = ['install', '--global', '--prefix', prefix, '--prefer-offline', '--ignore-scripts', '--no-audit'];
  const done = spawnSync('npm', [...install, '--no-fund', tarball], { cwd: folder, encoding: 'utf8' });
  expect([done.status, done.stderr]).toEqual([0, expect.any(String)]);
  const caro = (...args: readonly string[]): string =>
    execFileSync(join(prefix, 'bin', 'caro'), args, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], CARO_HOME: join(folder, 'home') },
    });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  expect(caro('version').trim()).toBe(version);
  expect(caro('assess', 'rm -rf /')).toMatch(/^critical/);
  expect(caro('shell', 'init', 'bash')).toContain('PROMPT_COMMAND');
  expect(existsSync(join(prefix, 'share', 'man', 'man1', 'caro.1'))).toBe(true);
});
