import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createProjectNames } from '../../src/platform/project-names.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const MINUTE = 60_000;
const temporaryFolder = temporaryFolders();

/** Makes folders below a new one. */
function folders(): (...words: readonly string[]) => string {
  const home = temporaryFolder();
  return (...words) => {
    const path = join(home, ...words);
    mkdirSync(path, { recursive: true });
    return path;
  };
}

test('a directory has the name of the nearest repository above it; a linked work tree that of its own', async () => {
  const folder = folders();
  folder('shop', '.git');
  folder('shop', 'vendor', 'cart', '.git');
  writeFileSync(join(folder('spring'), '.git'), 'gitdir: /src/shop/.git/worktrees/spring\n');
  const deep = folder('shop', ...Array<string>(200).fill('d'));
  const directories = [
    deep,
    folder('shop', 'src'),
    folder('shop', 'vendor', 'cart', 'src'),
    folder('shop', 'vendor'),
    folder('spring', 'src'),
    folder('elsewhere'),
    'shop',
    join(folder(), 'gone', 'long', 'ago'),
  ];
  // On a busy machine the patience of one attempt may end.
  const names = await until(
    async () => [...(await createProjectNames(() => 0).namesOf(directories)).values()],
    ([first]) => first !== null,
  );
  expect(names).toEqual(['shop', 'shop', 'cart', 'shop', 'shop', null, null, null]);
});

test('what was found for a directory above is used again, for a minute', async () => {
  const folder = folders();
  let now = 0;
  const projects = createProjectNames(() => now);
  const nameOf = async (directory: string) => (await projects.namesOf([directory])).get(directory);
  const [one, other] = [folder('shop', 'one'), folder('shop', 'other')];
  expect(await nameOf(one)).toBeNull();
  folder('shop', '.git');
  expect(await nameOf(other)).toBeNull();
  now = MINUTE;
  expect(await nameOf(other)).toBe('shop');
  expect(await nameOf(one)).toBe('shop');
});
