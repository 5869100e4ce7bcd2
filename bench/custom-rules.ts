/**
 * What 200 custom rules cost each command: rating with and without them, in microseconds, and the
 * ratio; loading them; and the worst of hostile lines. Prints JSON.
 *
 * npx tsx bench/custom-rules.ts
 */
import { assess } from '../src/risk/assess.ts';
import { loadRules } from '../src/risk/custom/load.ts';
import { analyse } from '../src/shell/analyse.ts';
import { ALL_EXAMPLES } from '../test/risk/examples/all-examples.ts';
import { ordinaryCommands } from '../test/shell/secrets/corpus.ts';
import { type Figures, report, round, summary } from './parts/figures.ts';

const RULES = 200;
const ROUNDS = 20;
const MEBIBYTE = 1024 * 1024;

/** Names of programs, common ones among them. */
const PROGRAMS = 'curl wget git ssh docker kubectl python bash tar rm cp mv cat find grep sed awk nc crontab systemctl'
  .split(' ')
  .concat(Array.from({ length: 60 }, (_, index) => `tool${index}`));
const WORDS =
  '/tmp/ --privileged /etc/shadow | sh base64 -o .bash_history authorized_keys ://10. --data 4444 id_rsa'.split(' ');

/** In the proportions of the rules for Linux in SigmaHQ: most name a program. */
function ruleText(index: number): string {
  const pick = (list: readonly string[], step: number): string => list[(index * step) % list.length] ?? '';
  const image = `Image|endswith: ['/${pick(PROGRAMS, 1)}', '/${pick(PROGRAMS, 7)}']`;
  const words = `['${pick(WORDS, 1)}', '${pick(WORDS, 5)}', 'x${index}']`;
  const selections = [
    `${image}\n        CommandLine|contains: ${words}`,
    `${image}\n        CommandLine|contains|all: ${words}`,
    `CommandLine|contains: ['canary${index}', 'x${index}y']`,
    `${image}\n        CommandLine|re: '\\s-[FT${index % 10}]\\s'`,
    `CommandLine|re: '(?:canary|secret)${index}\\d+'`,
  ];
  const kind = [0, 0, 0, 0, 1, 1, 2, 2, 3, 4][index % 10] ?? 0;
  return `title: Rule ${index}
logsource: {category: process_creation, product: linux}
detection:
    selection:
        ${selections[kind] ?? ''}
    filter:
        CommandLine|contains: '--help'
    condition: selection and not filter
level: medium
`;
}

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

/** Milliseconds, the least of three. */
function timed(work: () => unknown): number {
  const times = [0, 0, 0].map(() => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return round(Math.min(...times));
}

const HOSTILE: Readonly<Record<string, string>> = {
  oneWord: `curl ${'x'.repeat(4 * MEBIBYTE)}`,
  words: `curl ${'a '.repeat(2 * MEBIBYTE)}`,
  commands: 'curl x;'.repeat(MEBIBYTE / 2),
  wrappers: `${'sudo '.repeat(20_000)}curl x`,
  nearMisses: `curl ${'canary secret '.repeat(MEBIBYTE / 4)}`,
};

async function main(): Promise<void> {
  const files = Array.from({ length: RULES }, (_, index) => ({ name: `r${index}.yml`, text: ruleText(index) }));
  const begun = performance.now();
  const { set, report: loaded } = await loadRules(
    { folder: '', version: '1', files, refused: [] },
    { system: 'linux', user: 'ada' },
  );
  const loadMs = performance.now() - begun;
  if (loaded.rules.some(({ state }) => state !== 'in-force')) throw new Error('expected rules that can be used');
  const commands = [
    ...Object.values(ALL_EXAMPLES).flatMap((examples) => [...examples.fires, ...examples.silent]),
    ...ordinaryCommands(500),
  ];
  const analyses = new Map(commands.map((command) => [command, analyse(command, 'bash')]));
  const analysisOf = (command: string) => analyses.get(command) ?? analyse(command, 'bash');
  const without = perCommand(commands, (command) => assess(analysisOf(command)));
  const together = perCommand(commands, (command) => assess(analysisOf(command), {}, set));
  report('custom-rules', [
    { what: 'assess without custom rules, microseconds per command', ...without },
    { what: `assess with ${RULES} custom rules`, ...together },
    { what: 'ratio of medians', ratio: round(together.median / without.median) },
    { what: `loading ${RULES} rules, milliseconds`, milliseconds: round(loadMs) },
    {
      what: 'one hostile line of up to 4 MiB, analysed and rated',
      lines: Object.entries(HOSTILE).map(([name, text]) => ({
        name,
        characters: text.length,
        withoutMs: timed(() => assess(analyse(text, 'bash'))),
        withMs: timed(() => assess(analyse(text, 'bash'), {}, set)),
      })),
    },
  ]);
}

void main();
