/**
 * What the lock file brings in: under which licences, from where, and that the bill of materials
 * says the same.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeSbom } from '../../scripts/bundle/bundle-sbom.ts';
import { requireNpmSbom } from '../rig/programs/require-npm.ts';

const ROOT = resolve(__dirname, '../..');
/**
 * All let a program be handed on under any licence, if their text goes with it
 * (dist/third-party-notices.txt).
 */
const PERMISSIVE = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'Unlicense']);
/** Under the MPL-2.0, which covers their own files; these are bundled unchanged (docs/adr/0015). */
const UNCHANGED = /^node_modules\/@divviup\/(common|field|prio3|vdaf|xof)$/;

interface Locked {
  readonly name?: string;
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly gypfile?: boolean;
}

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly version: string;
  readonly packages: Readonly<Record<string, Locked>>;
};
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
const production = installed.filter(([, { dev }]) => dev !== true);
const nameOf = (path: string, { name }: Locked): string => name ?? path.slice(path.lastIndexOf('node_modules/') + 13);

/**
 * Of an SPDX expression with OR, one choice is enough; anything more complicated is for a person to
 * judge.
 */
const isPermissive = (licence: string): boolean =>
  licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => PERMISSIVE.has(choice));

test('every production dependency is under a licence that allows to hand it on', () => {
  const others = production.filter(
    ([path, { license }]) =>
      !(license === 'MPL-2.0' && UNCHANGED.test(path)) && (license === undefined || !isPermissive(license)),
  );
  expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  expect(['GPL-3.0', 'MIT AND GPL-2.0', '(GPL-2.0 OR AGPL-3.0)', 'UNLICENSED'].filter(isPermissive)).toEqual([]);
});

test('every package of the lock file has a checksum and comes from the registry', () => {
  const loose = installed.filter(
    ([, { integrity, resolved }]) =>
      !/^sha512-[\w+/]{86}==$/.test(integrity ?? '') ||
      !(resolved ?? 'https://registry.').startsWith('https://registry.'),
  );
  expect(loose.map(([path]) => path)).toEqual([]);
});

test('every dependency is named with an exact version', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(all.filter(([, version]) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

requireNpmSbom()('the bill of materials', () => {
  test('names exactly the production packages of the lock file, with their checksums', () => {
    const { components } = makeSbom(ROOT, 1_750_000_000);
    const listed = components.map(
      ({ purl, hashes }) => `${decodeURIComponent(purl)} ${hashes?.map(({ content }) => content).join()}`,
    );
    const expected = production.map(([path, entry]) => {
      const digest = Buffer.from((entry.integrity ?? '').replace('sha512-', ''), 'base64').toString('hex');
      return `pkg:npm/${nameOf(path, entry)}@${entry.version} ${digest}`;
    });
    expect(listed.sort()).toEqual([...new Set(expected)].sort());
    expect(makeSbom(ROOT, 1_750_000_000)).toEqual(makeSbom(ROOT, 1_750_000_000));
  });
});

test('package, lock file and the newest heading of the changelog bear the same version', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  const headings = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').match(/^## .*$/gm) ?? [];
  expect(headings.length).toBeGreaterThan(0);
  for (const heading of headings) expect(heading).toMatch(/^## \d+\.\d+\.\d+ - (unreleased|\d{4}-\d\d-\d\d)$/);
  expect(headings.slice(1).filter((heading) => heading.endsWith('unreleased'))).toEqual([]);
  expect([lock.version, headings[0]?.split(' ')[1]]).toEqual([version, version]);
});

test('npm ci takes the binding that the package brings instead of compiling one (docs/adr/0011)', () => {
  expect(lock.packages['node_modules/better-sqlite3-napi']).toMatchObject({ gypfile: false });
});
