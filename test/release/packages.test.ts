/** The packages for Debian and Fedora, installed into an empty root. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { requireNpmSbom } from '../rig/programs/require-npm.ts';

const ROOT = resolve(__dirname, '../..');
const UNIT = 'usr/lib/systemd/user/caro.service';
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

(has('dpkg-deb') ? requireNpmSbom() : describe.skip)('the packages (needs dpkg)', () => {
  let folder: string;
  let made: { readonly deb: string; readonly rpm: string | null };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'caro-packages-'));
    const env = { ...process.env, SOURCE_DATE_EPOCH: '1750000000' };
    const args = ['--import', 'tsx', 'scripts/bundle/bundle-packages.ts', join(folder, 'release')];
    const said = execFileSync(process.execPath, args, { cwd: ROOT, env });
    made = JSON.parse(said.toString()) as typeof made;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('install a program that runs, and a unit that starts it', () => {
    const root = join(folder, 'root');
    for (const part of ['updates', 'info']) mkdirSync(join(root, 'var/lib/dpkg', part), { recursive: true });
    for (const part of ['status', 'available']) writeFileSync(join(root, 'var/lib/dpkg', part), '');
    const force = ['--force-depends', '--force-not-root', '--force-bad-path', '--log=/dev/null'];
    execFileSync('dpkg', [`--root=${root}`, ...force, '-i', made.deb], { stdio: 'pipe' });
    const home = join(folder, 'home');
    mkdirSync(home);
    const env = { PATH: process.env['PATH'], HOME: home, CARO_NODE: process.execPath };
    expect(execFileSync(join(root, 'usr/bin/caro'), ['--version'], { env, encoding: 'utf8' })).toContain(version);
    // The database and its binding.
    const doctor = execFileSync(join(root, 'usr/bin/caro'), ['init', '--quiet'], { env, encoding: 'utf8' });
    expect(doctor).not.toContain('better-sqlite3');
    const unit = readFileSync(join(root, UNIT), 'utf8');
    expect(unit).not.toMatch(/@[A-Z]+@/);
    const [, program = ''] = /^ExecStart=\/bin\/sh (\S+) service run$/m.exec(unit) ?? [];
    expect(existsSync(join(root, program))).toBe(true);
    expect(existsSync(join(root, 'usr/share/man/man1/caro.1.gz'))).toBe(true);
  });

  test('say which C library the database needs, and what Debian asks for', () => {
    const field = (name: string): string =>
      execFileSync('dpkg-deb', ['--field', made.deb, name], { encoding: 'utf8' }).trim();
    expect(field('Depends')).toMatch(/^nodejs \(>= 20\.19\), libc6 \(>= 2\.\d\d\), libstdc\+\+6$/);
    const root = join(folder, 'texts');
    execFileSync('dpkg-deb', ['--extract', made.deb, root]);
    const doc = join(root, 'usr/share/doc/caro-mesh');
    const changelog = gunzipSync(readFileSync(join(doc, 'changelog.gz'))).toString('utf8');
    expect(changelog).toContain(`caro-mesh (${version}) unstable; urgency=medium\n`);
    expect(readFileSync(join(doc, 'copyright'), 'utf8')).toContain('sbom.cdx.json');
    // What a shell sources is no program.
    expect(statSync(join(root, 'usr/lib/caro-mesh/hooks/caro.sh')).mode & 0o777).toBe(0o644);
  });

  test('hold the same files', () => {
    const inDeb = execFileSync('dpkg-deb', ['--contents', made.deb], { encoding: 'utf8' });
    expect(inDeb).toContain(`./${UNIT}`);
    // Nothing belongs to whoever made it.
    expect(inDeb.split('\n').filter((line) => line !== '' && !line.includes('root/root'))).toEqual([]);
    if (made.rpm === null) return;
    const inRpm = execFileSync('rpm', ['-qlp', made.rpm], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    for (const file of [`/${UNIT}`, '/usr/bin/caro', '/usr/lib/caro-mesh/bin/caro.js']) expect(inRpm).toContain(file);
  });
});
