/**
 * Builds `dist/`: the daemon, the command line, the worker threads and the dashboard's process as
 * CommonJS with shared, lazily loaded chunks. esbuild splits only ES modules, so the bundle is made
 * as ES modules first and each chunk is then turned into CommonJS, which costs the idle daemon 2
 * MiB less (measured.md).
 */
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { build as buildPage, type Plugin } from 'vite';
import { notices, packagesOf } from './bundled-packages.ts';
import { generatePageValidators } from './generate-page-validators.ts';
import { generateValidators } from './generate-validators.ts';

const OUT = 'dist';
/** Built here and then put in the place of `dist/`, so that a failed build leaves what worked. */
const NEXT = '.dist-next';
const NOTICES = 'third-party-notices.txt';
const MODULES = join(NEXT, '.modules');

/** Resolves with the files whose code stands in the bundles. */
async function bundle(): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: {
      daemon: 'src/daemon.ts',
      cli: 'src/cli/main.ts',
      worker: 'src/workers/worker.ts',
      web: 'src/web/server/server.ts',
      // Loaded by name, with V8's code cache (src/platform/code-cache.ts).
      'web-api': 'src/web/server/application.ts',
    },
    outdir: MODULES,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    minify: true,
    keepNames: false,
    // Found in node_modules at run time, as it starts threads from a file of its own; so is the
    // addon of src/storage/sqlite.ts.
    external: ['piscina'],
    // An imported CommonJS chunk would have a default export and no names, unlike in Node.
    alias: { '@peculiar/x509': '@peculiar/x509/build/x509.es.js' },
    logLevel: 'warning',
    metafile: true,
  });
  await build({
    entryPoints: readdirSync(MODULES).map((file) => join(MODULES, file)),
    outdir: NEXT,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    // `import()` of a chunk becomes a deferred `require`, so that a chunk is read when first
    // needed.
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  rmSync(MODULES, { recursive: true });
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
}

/** Resolves with the files whose code stands in the page. */
async function bundlePage(): Promise<readonly string[]> {
  const files: string[] = [];
  const noteFiles: Plugin = {
    name: 'note-files',
    generateBundle: (_options, chunks) => {
      for (const chunk of Object.values(chunks)) if (chunk.type === 'chunk') files.push(...chunk.moduleIds);
    },
  };
  await buildPage({
    configFile: 'src/web/page/vite.config.mts',
    logLevel: 'warn',
    build: { outDir: resolve(NEXT, 'page') },
    plugins: [noteFiles],
  });
  return files;
}

async function main(): Promise<void> {
  rmSync(NEXT, { recursive: true, force: true });
  await generateValidators();
  generatePageValidators();
  const files = [...(await bundle()), ...(await bundlePage())];
  writeFileSync(join(NEXT, NOTICES), notices(packagesOf(files)));
  rmSync(OUT, { recursive: true, force: true });
  renameSync(NEXT, OUT);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
