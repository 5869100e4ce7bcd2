import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();

/** What `script` prints in a process of Node.js, with three files to load. */
function said(script: string): unknown {
  const place = folder();
  writeFileSync(
    join(place, 'probe-inner.cjs'),
    'globalThis.loads = (globalThis.loads ?? 0) + 1; exports.word = "inner";',
  );
  writeFileSync(
    join(place, 'probe-passing.cjs'),
    'exports.word = () => require("./probe-inner.cjs").word; exports.word();',
  );
  writeFileSync(join(place, 'probe-kept.cjs'), 'exports.word = "kept";');
  const file = join(place, 'script.ts');
  const source = resolve(__dirname, '../../src/platform/passing-code.ts');
  writeFileSync(file, `import { withPassingCode } from ${JSON.stringify(source)};\n${script}`);
  const output = execFileSync(process.execPath, ['--import', 'tsx', file], {
    cwd: resolve(__dirname, '../..'),
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

const BEGIN = `
  const names = () => Object.keys(require.cache).map((file) => file.split('/').at(-1)).filter((name) => name?.startsWith('probe-'));
  const held = () => Object.values(require.cache).flatMap((each) => each?.children ?? []).filter((each) => each.id.includes('/probe-')).length;
  require('./probe-kept.cjs');
  const load = () => Promise.resolve().then(() => require('./probe-passing.cjs'));
`;

test('code that is needed for a moment is used, then forgotten with all that it loaded, and loaded again', () => {
  const outcome = said(`${BEGIN}
    void (async () => {
      const first = await withPassingCode(load, ({ word }) => word());
      const after = [names(), held()];
      await withPassingCode(load, ({ word }) => word());
      console.log(JSON.stringify({ first, after, loads: (globalThis as any).loads }));
    })();`);
  expect(outcome).toEqual({ first: 'inner', after: [['probe-kept.cjs'], 1], loads: 2 });
});

test('code is forgotten after an error as well, which the caller gets', () => {
  const outcome = said(`${BEGIN}
    void withPassingCode(load, () => { throw new Error('refused'); }).catch((error) => {
      console.log(JSON.stringify([error.message, names()]));
    });`);
  expect(outcome).toEqual(['refused', ['probe-kept.cjs']]);
});
