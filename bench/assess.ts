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
import { redact } from '../src/shell/redact.ts';
import { ALL_EXAMPLES } from '../test/risk/examples/all-examples.ts';
import { ordinaryCommands, secretsInContext } from '../test/shell/secrets/corpus.ts';
import { type Figures, report, round, summary } from './parts/figures.ts';
import { HOSTILE_LINES } from './parts/hostile-lines.ts';

const ROUNDS = 20;

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

const RUNS = 3;

/**
 * The longest of some runs. Processor time counts, because other programs of the machine lengthen
 * the other; it includes compilation and the collection of garbage in further threads.
 */
const longest = (name: string, text: string): unknown => {
  let [cpuMs, wallMs, level] = [0, 0, ''];
  for (let run = 0; run < RUNS; run += 1) {
    const begun = performance.now();
    const before = process.cpuUsage();
    ({ level } = rate(text, 'bash'));
    const { user, system } = process.cpuUsage(before);
    cpuMs = Math.max(cpuMs, (user + system) / 1_000);
    wallMs = Math.max(wallMs, performance.now() - begun);
  }
  return { name, characters: text.length, cpuMs: round(cpuMs), wallMs: round(wallMs), level };
};

const worst = (): readonly unknown[] => HOSTILE_LINES.map(([name, line]) => longest(name, line()));

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
    { what: `one hostile line of 4 MiB, the longest of ${RUNS} runs`, lines: worst() },
    { what: 'heap added', ...(heap() as object) },
  ]);
};

main(process.argv.slice(2));
