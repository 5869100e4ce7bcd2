/**
 * Runs the tests of a slice for Stryker without Jest, whose start for each change takes seconds.
 * Each test file is bundled once with the changed code, and evaluated anew for each change, so that
 * no state is left from the one before.
 */
import { readFile } from 'node:fs/promises';
import { createRequire, Module } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';
import { testFiles } from './slices.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
/** Ten times what the slowest test of a slice takes on a busy machine. */
const TEST_LIMIT_MS = 20_000;
const state = { activeMutant: undefined };
// The name that Stryker gives to its global.
globalThis.__stryker__ = state;

/** Names the folder of each module, which is another one than that of the bundle. */
const folders = {
  name: 'folders',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/(src|test)\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replaceAll(/\b__dirname\b/g, JSON.stringify(dirname(path))), loader: 'ts' };
    }),
};

async function bundled(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { '@jest/globals': join(HERE, 'jest-globals.mjs') },
    plugins: [folders],
    logLevel: 'error',
  });
  const text = Module.wrap(outputFiles[0].text);
  const cachedData = new Script(text, { filename: file }).createCachedData();
  return { file, text, cachedData };
}

/** Declares the tests of a file, with modules in their first state. */
function evaluate({ file, text, cachedData }) {
  globalThis.caroCollectedTests = [];
  const loaded = { exports: {} };
  const script = new Script(text, { filename: file, cachedData });
  script.runInThisContext().call(loaded.exports, loaded.exports, createRequire(file), loaded, file, dirname(file));
  const name = relative(process.cwd(), file);
  return globalThis.caroCollectedTests.map((test, at) => ({
    ...test,
    id: `${name}#${at} ${test.name}`,
    fileName: file,
  }));
}

const blocksOf = (block) => (block === null ? [] : [...blocksOf(block.parent), block]);

/** As Jest, a test that waits for ever fails. An endless loop is ended by Stryker. */
async function limited(result) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${TEST_LIMIT_MS} ms`)), TEST_LIMIT_MS);
  });
  try {
    await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function runTest({ id, name, fileName, run, block }, begun) {
  const blocks = blocksOf(block);
  const result = { id, name, fileName, timeSpentMs: 0 };
  const before = performance.now();
  state.currentTestId = id;
  try {
    for (const one of blocks.filter((each) => !begun.has(each))) {
      begun.add(one);
      for (const hook of one.hooks.beforeAll) await hook();
    }
    for (const one of blocks) for (const hook of one.hooks.beforeEach) await hook();
    try {
      await limited(run());
    } finally {
      for (const one of blocks.toReversed()) for (const hook of one.hooks.afterEach) await hook();
    }
    return { ...result, status: TestStatus.Success, timeSpentMs: performance.now() - before };
  } catch (error) {
    const failureMessage = String(error?.message ?? error).slice(0, 300);
    return { ...result, status: TestStatus.Failed, failureMessage, timeSpentMs: performance.now() - before };
  } finally {
    state.currentTestId = undefined;
  }
}

class BundledTestRunner {
  #bundles = [];

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    // What a change leaves running must not end this process.
    process.on('unhandledRejection', () => undefined);
    process.on('uncaughtException', () => undefined);
    const { default: fc } = await import('fast-check');
    fc.configureGlobal({ seed: 20261123, numRuns: 30 });
    for (const file of testFiles(process.cwd())) this.#bundles.push(await bundled(file));
  }

  async dryRun() {
    state.mutantCoverage = { static: {}, perTest: {} };
    const tests = await this.#run(() => true, false);
    this.#sort(tests);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: state.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    const wanted = testFilter && new Set(testFilter);
    state.mutantCoverage = undefined;
    state.hitLimit = hitLimit;
    state.hitCount = hitLimit === undefined ? undefined : 0;
    state.activeMutant = activeMutant.id;
    try {
      const tests = await this.#run((id) => wanted?.has(id) ?? true, !disableBail);
      const timeout = determineHitLimitReached(state.hitCount, state.hitLimit);
      return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests }, disableBail);
    } catch (error) {
      // A file that cannot be evaluated with the change: every test of it fails.
      return {
        status: 'killed',
        killedBy: testFilter?.slice(0, 1) ?? [],
        failureMessage: String(error?.message),
        nrOfTests: 0,
      };
    } finally {
      state.activeMutant = undefined;
    }
  }

  async #run(isWanted, bails) {
    const results = [];
    for (const bundle of this.#bundles) {
      const name = relative(process.cwd(), bundle.file);
      if (!isWanted(name) && !this.#hasWanted(bundle, isWanted)) continue;
      const tests = evaluate(bundle);
      bundle.ids ??= tests.map(({ id }) => id);
      const begun = new Set();
      for (const test of tests.filter(({ id }) => isWanted(id))) {
        const result = await runTest(test, begun);
        results.push(result);
        if (bails && result.status === TestStatus.Failed) break;
      }
      for (const block of begun) for (const hook of block.hooks.afterAll) await hook();
      if (bails && results.at(-1)?.status === TestStatus.Failed) break;
    }
    return results;
  }

  /** The quickest first: most changes are noticed before the slow ones begin. */
  #sort(tests) {
    for (const bundle of this.#bundles) {
      const own = tests.filter(({ fileName }) => fileName === bundle.file);
      bundle.timeMs = own.reduce((sum, { timeSpentMs }) => sum + timeSpentMs, 0);
    }
    this.#bundles.sort((one, other) => one.timeMs - other.timeMs);
  }

  /** Ids are known after the first run. */
  #hasWanted({ ids }, isWanted) {
    return ids === undefined || ids.some(isWanted);
  }
}

const create = () => new BundledTestRunner();
create.inject = [];
export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'bundled', create)];
