import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { build, type Metafile } from 'esbuild';

const ROOT = join(__dirname, '../..');
let metafile: Metafile;

/** Bundled as `scripts/build.ts` does, without writing anything. */
beforeAll(async () => {
  ({ metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/daemon.ts', 'src/workers/worker.ts', 'src/cli/main.ts', 'src/risk/custom/load.ts'],
    outdir: join(ROOT, 'none'),
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    external: ['piscina'],
    alias: { '@peculiar/x509': '@peculiar/x509/build/x509.es.js' },
  }));
}, 60_000);

/** Source files of the chunks that are loaded together with the chunk of `entry`. */
function loadedWith(entry: string): ReadonlySet<string> {
  const start = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry)?.[0];
  if (start === undefined) throw new Error(`expected a chunk of ${entry}`);
  const waiting = [start];
  const seen = new Set<string>(waiting);
  const files = new Set<string>();
  for (let chunk = waiting.pop(); chunk !== undefined; chunk = waiting.pop()) {
    const output = metafile.outputs[chunk];
    for (const file of Object.keys(output?.inputs ?? {})) files.add(file);
    for (const { path, kind } of output?.imports ?? [])
      if (kind === 'import-statement' && !seen.has(path)) {
        seen.add(path);
        waiting.push(path);
      }
  }
  return files;
}

const isLarge = (file: string): boolean => /node_modules\/(?:re2js|yaml)\//.test(file);

test.each(['src/daemon.ts', 'src/workers/worker.ts', 'src/cli/main.ts', 'src/risk/assess.ts', 'src/risk/rate.ts'])(
  '%s is loaded without RE2 and without YAML: they come with the first custom rule',
  (entry) => {
    expect([...loadedWith(entry)].filter(isLarge)).toEqual([]);
  },
);

test('they are loaded with the custom rules', () => {
  const files = [...loadedWith('src/risk/custom/load.ts')];
  for (const name of ['re2js', 'yaml']) expect(files.some((file) => file.includes(`node_modules/${name}/`))).toBe(true);
});
