/** Where `cd`, `pushd` and `popd` lead, and for which commands of the line. */
import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';
import type { Directory } from '../../src/shell/model.ts';

/** The directory of the command `here`. */
const directoryOf = (command: string): Directory | null | undefined =>
  analyse(command, 'bash').invocations.find(({ tool }) => tool === 'here')?.directory;
const certain = (path: string): Directory => ({ path, certain: true });
const UNKNOWN: Directory = { path: '', certain: false };

describe('a known directory', () => {
  test.each([
    ['cd /a && here', '/a'],
    ['chdir /a && here', '/a'],
    ['pushd /a && here', '/a'],
    ['cd -P /a && here', '/a'],
    ['cd -- /a && here', '/a'],
    ['cd a && here', 'a'],
    ['cd a/b && here', 'a/b'],
    ['cd a && cd b && here', 'a/b'],
    ['cd /a && cd b && here', '/a/b'],
    ['cd a && cd /b && here', '/b'],
    ['cd a && cd ../c && here', 'a/../c'],
    ['cd a-b && here', 'a-b'],
    ['cd a- && here', 'a-'],
    ['cd a$HOMEPAGE && here', ''],
    ['cd a+1 && here', 'a+1'],
    ['cd +1a && here', '+1a'],
    ['pushd +12 && here', ''],
    ['cd && here', '~'],
    ['cd ~ && here', '~'],
    ['cd ~/a && here', '~/a'],
    ['cd a && cd ~/b && here', '~/b'],
    ['cd "$HOME" && here', '$HOME'],
    ['cd "$HOME/a" && here', '$HOME/a'],
    ['cd "${HOME}/a" && here', '${HOME}/a'],
    ['d=/a; cd "$d" && here', '/a'],
    ['cd /a && true && here', '/a'],
    ['{ cd /a && here; }', '/a'],
    ['(cd /a && here)', '/a'],
    ["bash -c 'cd /a && here'", '/a'],
    ["cd /a && sh -c 'cd b && here'", '/a/b'],
    ['cd /a && sudo here', '/a'],
    ['command cd /a && here', '/a'],
    ['builtin cd /a && here', '/a'],
    ['go() { cd /a; }; go && here', '/a'],
    ["alias up='cd /a'\nup && here", '/a'],
    ['cd /a && echo $(here)', '/a'],
  ])('%s: %s', (command, path) => {
    expect(directoryOf(command)?.path).toBe(path);
  });
});

describe('a directory is certain', () => {
  test.each([['cd /a && here'], ['cd /a && true && here'], ['cd /a && cd b && here'], ['(cd /a && here)']])(
    'after %s',
    (command) => {
      expect(directoryOf(command)?.certain).toBe(true);
    },
  );
  test.each([
    ['cd /a; here'],
    ['cd /a\nhere'],
    ['cd /a || here'],
    ['cd /a && true; here'],
    ['cd /a; cd b && here'],
    ['if cd /a; then here; fi'],
  ])('but not after %s', (command) => {
    expect(directoryOf(command)?.certain).toBe(false);
  });
  test('and at home', () => {
    expect(directoryOf('cd && here')).toEqual(certain('~'));
  });
  test('again after a change to a place that does not depend on it', () => {
    expect(directoryOf('cd /a; cd /b && here')).toEqual(certain('/b'));
  });
});

describe('a directory is known only at run time', () => {
  test.each([
    ['cd "$d" && here'],
    ['cd "$d/a" && here'],
    ['cd $(pwd) && here'],
    ['cd - && here'],
    ['pushd && here'],
    ['pushd +1 && here'],
    ['pushd /a && popd && here'],
    ['cd "" && here'],
    ['cd "$HOMEPAGE" && here'],
    ['cd "$d" && cd a && here'],
    [`cd ${'a/'.repeat(2000)} && cd ${'b/'.repeat(2000)} && here`],
  ])('%s', (command) => {
    expect(directoryOf(command)).toEqual(UNKNOWN);
  });
  test('and known again after one that is not relative', () => {
    expect(directoryOf('cd "$d" && cd /a && here')).toEqual(certain('/a'));
  });
});

test('a path is kept up to the longest that a system takes', () => {
  expect(directoryOf(`cd /${'a'.repeat(9000)} && here`)?.path.length).toBe(4096);
  expect(directoryOf(`cd ${'a'.repeat(9000)} && here`)?.path.length).toBe(4096);
});

describe('the line itself does not move', () => {
  test.each([
    ['here'],
    ['(cd /a); here'],
    ['cd /a | cat; here'],
    ['echo x | cd /a; here'],
    ['cd /a & here'],
    ['x=$(cd /a); here'],
    ['echo $(cd /a) && here'],
    ["bash -c 'cd /a'; here"],
    ['sudo cd /a && here'],
    ['ssh h cd /a && here'],
    ['go() { cd /a; }; here'],
    ['coproc { cd /a; }; here'],
    ['find . -exec cd /a \\; && here'],
    ['echo cd /a && here'],
    ['cdrom /a && here'],
    ['abcd /a && here'],
    ['evaluate cd /a && here'],
    ['medieval-sh cd /a && here'],
  ])('%s', (command) => {
    expect(directoryOf(command)).toBeNull();
  });
  test.each([
    ['cd /a && ssh h here', null],
    ['cd /a && docker exec c here', null],
    ['cd /a && ssh h "cd b && here"', certain('b')],
    ['cd /a && ssh h ls && here', certain('/a')],
    ['cd /a && (cd /b && ls) && here', certain('/a')],
  ])('another machine or container begins elsewhere: %s', (command, expected) => {
    expect(directoryOf(command)).toEqual(expected);
  });
});
