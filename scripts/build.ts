/**
 * Builds `dist/`: the daemon, the command line, the worker threads and the dashboard's process as
 * CommonJS with shared, lazily loaded chunks. esbuild splits only ES modules, so the bundle is made
 * of ES modules first. Each chunk is then converted to CommonJS, with which the idle daemon needs
 * 2 MiB less (ADR 0002).
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { build as buildPage, type Plugin } from 'vite';
import { bundleGuard } from './bundle/bundle-guard.ts';
import { notices, packagesOf } from './bundle/bundled-packages.ts';
import { generatePageValidators } from './generate/generate-page-validators.ts';
import { generateRuleWords } from './generate/generate-rule-words.ts';
import { generateValidators } from './generate/generate-validators.ts';

const OUT = 'dist';
/** The build happens here and then replaces `dist/`, so a failed build keeps the old files. */
const NEXT = '.dist-next';
const NOTICES = 'third-party-notices.txt';
const MODULES = join(NEXT, '.modules');
/**
 * Tasks of a thread that is started for one of them each day: each is one file with all its code.
 * To find and read 30 chunks takes as long as to compile them.
 */
const WHOLE = /^(measure-day|shard)-/;

/** Resolves with the source files whose code is in the bundles. */
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
    // Loaded from node_modules at run time, because it starts threads from its own file. The same
    // applies to the addon of src/storage/sqlite.ts.
    external: ['piscina'],
    // An imported CommonJS chunk would have only a default export, unlike in Node.js.
    alias: { '@peculiar/x509': '@peculiar/x509/build/x509.es.js' },
    logLevel: 'warning',
    metafile: true,
  });
  const chunks = readdirSync(MODULES);
  const common = {
    outdir: NEXT,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    // Turns `import()` into a deferred `require`, so that a chunk is read when it is first needed.
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  } as const satisfies BuildOptions;
  const isWhole = (file: string): boolean => WHOLE.test(file);
  await Promise.all([
    build({ ...common, entryPoints: chunks.filter((file) => !isWhole(file)).map((file) => join(MODULES, file)) }),
    build({ ...common, entryPoints: chunks.filter(isWhole).map((file) => join(MODULES, file)), bundle: true }),
  ]);
  rmSync(MODULES, { recursive: true });
  shareExports();
  const guard = await bundleGuard(NEXT);
  return [metafile, ...guard]
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    );
}

/**
 * esbuild copies the exports of each file into an object that says that it was an ES module, with a
 * second function for each of them. Here the first object says so (NFR-101, docs/adr/0002).
 */
function shareExports(): void {
  for (const name of readdirSync(NEXT)) {
    const file = join(NEXT, name);
    const code = readFileSync(file, 'utf8');
    const shared = code.replace(
      /module\.exports=[\w$]+\(([\w$]+)\);/,
      'module.exports=Object.defineProperty($1,"__esModule",{value:!0});',
    );
    if (shared === code && code.includes('module.exports=')) throw new Error(`${file}: the exports were not found`);
    writeFileSync(file, shared);
  }
}

/** Resolves with the source files whose code is in the page. */
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
  generateRuleWords();
  const files = [...(await bundle()), ...(await bundlePage())];
  writeFileSync(join(NEXT, NOTICES), notices(packagesOf(files)));
  rmSync(OUT, { recursive: true, force: true });
  renameSync(NEXT, OUT);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
