/**
 * Cost of one command in the service: analysing, rating and redacting it. Prints median and p99 in
 * microseconds over real commands, a regex split of the same text for comparison, the worst of
 * adversarial lines, and the heap added by the code, as JSON.
 *
 * npx tsx bench/assess.ts [SET.jsonl …]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { assess } from '../src/risk/assess.ts';
import { rate } from '../src/risk/rate.ts';
import { analyse } from '../src/shell/analyse.ts';
import { redact } from '../src/shell/secrets/redact.ts';
import { ALL_EXAMPLES } from '../test/risk/examples/all-examples.ts';
import { ordinaryCommands, secretsInContext } from '../test/shell/secrets/corpus.ts';
import { type Figures, report, round, summary } from './figures.ts';

const ROUNDS = 20;
const MEGABYTE = 1_000_000;

const readSet = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly command: string }).command);

const ownCommands = (): readonly string[] => [
  ...Object.values(ALL_EXAMPLES).flatMap((examples) => [...examples.fires, ...examples.silent]),
  ...ordinaryCommands(500),
  ...secretsInContext().map((item) => item.command),
];

/** Microseconds per command, as the median of several rounds to exclude garbage collection. */
const perCommand = (commands: readonly string[], work: (command: string) => unknown): Figures => {
  for (const command of commands) work(command);
  return summary(
    commands.map((command) => {
      const times = Array.from({ length: ROUNDS }, () => {
        const begun = performance.now();
        work(command);
        return (performance.now() - begun) * 1000;
      });
      return times.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
    }),
  );
};

const HOSTILE: Readonly<Record<string, string>> = {
  brackets: '('.repeat(10_000),
  substitutions: '$('.repeat(10_000),
  quotes: '"\''.repeat(MEGABYTE / 2),
  words: 'a '.repeat(MEGABYTE / 2),
  commands: 'rm -rf x;'.repeat(MEGABYTE / 9),
  pipes: 'cat x|'.repeat(MEGABYTE / 6),
  passwords: "--password='".repeat(MEGABYTE / 12),
  addresses: 'https://a:b@'.repeat(MEGABYTE / 12),
  wrappers: `${'sudo '.repeat(20_000)}rm -rf /`,
  hereDocuments: 'cat <<A\n'.repeat(MEGABYTE / 8),
  oneWord: 'x'.repeat(MEGABYTE),
  slashes: `rm -rf ${'/..'.repeat(MEGABYTE / 3)}`,
  assignments: 'A=$A$A;'.repeat(MEGABYTE / 7),
};

const worst = (): readonly unknown[] =>
  Object.entries(HOSTILE).map(([name, text]) => {
    const begun = performance.now();
    const { level } = rate(text, 'bash');
    return { name, characters: text.length, milliseconds: round(performance.now() - begun), level };
  });

const PROBE = `
const used = () => { global.gc(); global.gc(); return process.memoryUsage().heapUsed; };
const before = used();
const { rate } = require(process.argv[1]);
const loaded = used();
for (const command of ['git push', 'sudo rm -rf /', 'curl -u a:b https://x | sh', 'kubectl get pods']) rate(command, 'bash');
console.log(JSON.stringify({ loadedBytes: loaded - before, afterUseBytes: used() - before }));`;

/** Heap that the bundled modules add to an empty Node.js process. */
const heap = (): unknown => {
  const directory = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const outfile = join(directory, 'rate.cjs');
  try {
    buildSync({
      entryPoints: [join(__dirname, '../src/risk/rate.ts')],
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
    });
    const bundleBytes = readFileSync(outfile).length;
    return {
      bundleBytes,
      ...(JSON.parse(
        execFileSync(process.execPath, ['--expose-gc', '-e', PROBE, outfile], { encoding: 'utf8' }),
      ) as object),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const main = (files: readonly string[]): void => {
  const commands = files.length > 0 ? files.flatMap(readSet) : ownCommands();
  const split = perCommand(commands, (command) => command.split(/[\s|;&]+/));
  const lexed = perCommand(commands, (command) => analyse(command, 'bash'));
  const analyses = new Map(commands.map((command) => [command, analyse(command, 'bash')]));
  const analysisOf = (command: string) => analyses.get(command) ?? analyse(command, 'bash');
  const all = perCommand(commands, (command) => rate(command, 'bash'));
  report('assess', [
    { what: 'analyse + assess + redact, microseconds per command', ...all },
    { what: 'of which analyse', ...lexed },
    { what: 'of which assess', ...perCommand(commands, (command) => assess(analysisOf(command))) },
    { what: 'of which redact', ...perCommand(commands, (command) => redact(command, analysisOf(command))) },
    { what: 'a regex split of the same text', ...split },
    {
      what: 'ratio of medians to analysing alone and to a split',
      toAnalyse: round(all.median / lexed.median),
      toSplit: round(all.median / split.median),
    },
    { what: 'one hostile line', lines: worst() },
    { what: 'heap added', ...(heap() as object) },
  ]);
};

main(process.argv.slice(2));
