import { execFileSync } from 'node:child_process';
import { chmodSync, lchownSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createRuleSource, readRuleFolder } from '../../src/config/rule-folder.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const temporary = temporaryFolders();
const write = (folder: string, name: string, text = 'title: x\n', mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const names = (folder: string): readonly string[] => readRuleFolder(folder).files.map(({ name }) => name);
const refusals = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readRuleFolder(folder).refused.map(({ name, reason }) => [name, reason]));
const asRoot = process.getuid?.() === 0 ? test : test.skip;

describe('the rule folder', () => {
  test('holds no rules where it does not exist', () => {
    expect(readRuleFolder(join(temporary(), 'none'))).toMatchObject({ version: '', files: [], refused: [] });
  });

  test('is read with its folders, rule files only, in the order of their names', () => {
    const folder = temporary();
    mkdirSync(join(folder, 'linux'), { mode: 0o700 });
    mkdirSync(join(folder, '.git'), { mode: 0o700 });
    write(folder, 'b.yaml');
    write(folder, 'README.md');
    write(folder, '.hidden.yml');
    write(folder, 'a.yml.1234.new');
    write(join(folder, 'linux'), 'a.YML');
    write(join(folder, '.git'), 'x.yml');
    expect(names(folder)).toEqual(['b.yaml', 'linux/a.YML']);
    expect(refusals(folder)).toEqual({});
  });

  test('may be readable by everybody', () => {
    const folder = temporary();
    chmodSync(folder, 0o755);
    write(folder, 'a.yml', 'title: x', 0o644);
    expect(names(folder)).toEqual(['a.yml']);
  });

  test.each([
    ['its group', 0o620],
    ['everybody', 0o602],
  ])('a file that %s may write is not read', (_who, mode) => {
    const folder = temporary();
    write(folder, 'a.yml', 'title: x', mode);
    write(folder, 'b.yml');
    expect(names(folder)).toEqual(['b.yml']);
    expect(refusals(folder)['a.yml']).toMatch(
      /^expected nobody else to be able to write, got mode 06\d\d; to fix it: chmod go-w/,
    );
  });

  test.each([
    ['its group', 0o770],
    ['everybody', 0o707],
  ])('a folder that %s may write is not read at all', (_who, mode) => {
    const folder = temporary();
    write(folder, 'a.yml');
    chmodSync(folder, mode);
    expect(names(folder)).toEqual([]);
    expect(Object.values(refusals(folder))).toEqual([expect.stringContaining('expected nobody else')]);
  });

  test('a folder inside one that others may rename is not read', () => {
    const parent = temporary();
    const folder = join(parent, 'rules');
    mkdirSync(folder, { mode: 0o700 });
    write(folder, 'a.yml');
    chmodSync(parent, 0o777);
    expect(names(folder)).toEqual([]);
    expect(Object.values(refusals(folder))).toEqual([expect.stringContaining(parent)]);
  });

  test('a folder inside that others may write is not read, the rest is', () => {
    const folder = temporary();
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o777);
    write(join(folder, 'open'), 'a.yml');
    write(folder, 'b.yml');
    expect(names(folder)).toEqual(['b.yml']);
    expect(Object.keys(refusals(folder))).toEqual(['open']);
  });

  asRoot('a file of another user is not read', () => {
    const folder = temporary();
    lchownSync(write(folder, 'a.yml'), 65_534, 65_534);
    expect(names(folder)).toEqual([]);
    expect(refusals(folder)['a.yml']).toContain('belong to you or to root, got user 65534');
  });

  test('a symbolic link, a FIFO and a directory with the name of a rule are not read', () => {
    const folder = temporary();
    const outside = write(temporary(), 'secret.yml');
    symlinkSync(outside, join(folder, 'link.yml'));
    symlinkSync(temporary(), join(folder, 'linked'));
    mkdirSync(join(folder, 'dir.yml'), { mode: 0o700 });
    makeFifo(join(folder, 'fifo.yml'));
    expect(names(folder)).toEqual([]);
    expect(Object.keys(refusals(folder)).sort()).toEqual(['fifo.yml', 'link.yml', 'linked']);
  });

  test('a folder may be reached through a link, and what it points to is judged', () => {
    const folder = temporary();
    write(folder, 'a.yml');
    const link = join(temporary(), 'rules');
    symlinkSync(folder, link);
    expect(names(link)).toEqual(['a.yml']);
    chmodSync(folder, 0o777);
    expect(names(link)).toEqual([]);
  });

  test('a large file is refused, and so are folders without end', () => {
    const folder = temporary();
    write(folder, 'a.yml', 'x'.repeat(65 * 1024));
    let inner = folder;
    for (let depth = 0; depth < 12; depth += 1) {
      inner = join(inner, 'd');
      mkdirSync(inner, { mode: 0o700 });
    }
    expect(refusals(folder)['a.yml']).toContain('64 KiB');
    expect(Object.values(refusals(folder)).join()).toContain('folders inside one another');
  });

  test('a file at the place of the folder is reported', () => {
    const file = write(temporary(), 'rules');
    expect(Object.values(refusals(file))).toEqual([expect.stringContaining('expected a directory')]);
  });
});

describe('a running service', () => {
  test('sees a change at its next look, and the same object while there is none', () => {
    const folder = temporary();
    let nowMs = 0;
    const source = createRuleSource(
      () => folder,
      () => nowMs,
    );
    const first = source.current();
    expect(first.version).toBe('');
    const path = write(folder, 'a.yml');
    expect(source.current()).toBe(first);
    nowMs += 1_000;
    const second = source.current();
    expect(second.files).toEqual([{ name: 'a.yml', text: 'title: x\n' }]);
    nowMs += 1_000;
    expect(source.current()).toBe(second);
    writeFileSync(path, 'title: y\n');
    utimesSync(path, 1, 1);
    nowMs += 1_000;
    expect(source.current().files).toEqual([{ name: 'a.yml', text: 'title: y\n' }]);
    chmodSync(path, 0o666);
    nowMs += 1_000;
    expect(source.current().files).toEqual([]);
    rmSync(path);
    nowMs += 1_000;
    expect(source.current().version).toBe('');
  });

  test('follows another folder of the configuration at once', () => {
    const [one, two] = [temporary(), temporary()];
    write(two, 'a.yml');
    let folder = one;
    const source = createRuleSource(
      () => folder,
      () => 0,
    );
    expect(source.current().files).toEqual([]);
    folder = two;
    expect(source.current().files.map(({ name }) => name)).toEqual(['a.yml']);
  });
});

const makeFifo = (path: string): void => void execFileSync('mkfifo', [path]);
