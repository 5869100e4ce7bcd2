import { basename } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

/** Files beside the guard that it loads only when it needs them. */
const APART: Readonly<Record<string, string>> = {
  'guard-rules': 'src/cli/guard/custom-rules.ts',
  'guard-configuration': 'src/config/loader.ts',
};

/** Imports of those files stay as they are. */
const apart: Plugin = {
  name: 'apart',
  setup: (builder) => {
    for (const [name, file] of Object.entries(APART)) {
      builder.onResolve({ filter: new RegExp(`/${basename(file).replace('.', '[.]')}$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${name}.js`, external: true } : undefined,
      );
    }
  },
};

/** Modules of Node.js that take longer to load than the guard takes to answer. */
const LATE = ['createHash', 'randomBytes'];
const late: Plugin = {
  name: 'late',
  setup: (builder) => {
    builder.onResolve({ filter: /^node:crypto$/ }, () => ({ path: 'crypto', namespace: 'late' }));
    builder.onLoad({ filter: /^crypto$/, namespace: 'late' }, () => ({
      contents: LATE.map((name) => `exports.${name} = (...args) => require('crypto').${name}(...args);`).join('\n'),
    }));
  },
};

/**
 * The guard as one file without chunks, so that one code cache holds all of it, with its loader
 * (`src/cli/guard/loader.ts`). Both hold ASCII only, which is read faster.
 */
export async function bundleGuard(outdir: string): Promise<readonly Metafile[]> {
  const common = {
    outdir,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    charset: 'ascii',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  } as const satisfies BuildOptions;
  const supported = { 'dynamic-import': false };
  const files = { guard: 'src/cli/guard/loader.ts', 'guard-program': 'src/cli/guard/program.ts' };
  const results = await Promise.all([
    build({ ...common, entryPoints: files, supported, plugins: [apart, late] }),
    build({ ...common, entryPoints: APART }),
  ]);
  return results.map(({ metafile }) => metafile);
}
