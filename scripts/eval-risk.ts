/**
 * npm run eval:risk -- SET.jsonl … [--misses N] [--json]
 *
 * Rates the commands of labelled sets. Prints recall on danger and critical, the false-alarm rate,
 * the share of "safe" commands rated safe, and the share of correct tools, each by tier and family
 * and with the misses. A set is JSON lines with `command` and `expect` (danger, critical, benign,
 * safe), `tool`, or `secrets` and `keep`: none of `secrets` may be left after masking, all of
 * `keep` must be, and a line without secrets stays as it is. Exits with 0 whatever the figures
 * are, and with 2 if a set is missing or broken.
 */
import { readFileSync } from 'node:fs';
import type { RiskLevel } from '../src/domain/events/risk-level.ts';
import { riskRank } from '../src/domain/events/risk-level.ts';
import { rate } from '../src/risk/rate.ts';

interface Line {
  readonly id: string;
  readonly command: string;
  readonly expect?: 'danger' | 'critical' | 'benign' | 'safe';
  readonly tool?: string | readonly string[];
  readonly family?: string;
  readonly kind?: string;
  /** How the line came about, for example from a guard's tests, an attack or a composed rule. */
  readonly tier?: string;
  readonly secrets?: readonly string[];
  readonly keep?: readonly string[];
}
interface Answer {
  readonly line: Line;
  readonly level: RiskLevel;
  readonly tools: readonly string[];
  readonly rules: readonly string[];
  /** The command with its secrets masked. */
  readonly masked: string;
}

/** What is wrong with the arguments or with a set. */
class UsageError extends Error {}

const TRAPS = ['mention', 'mention-built', 'heredoc', 'scratch-rm', 'guard-allow'];

/** @throws UsageError */
function readSet(file: string): readonly Line[] {
  return readText(file)
    .split('\n')
    .flatMap((text, index) => (text.trim() === '' ? [] : [readLine(text, `${file}:${index + 1}`)]));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`Expected a set of labelled lines in ${file}: ${(error as Error).message}`);
  }
}

function readLine(text: string, place: string): Line {
  try {
    const line = JSON.parse(text) as Partial<Line> | null;
    if (typeof line?.command === 'string') return line as Line;
  } catch {
    // The same error as for JSON of another form.
  }
  throw new UsageError(`Expected a JSON object with a "command" at ${place}`);
}

const answer = (line: Line): Answer => {
  const { level, tools, findings, redacted } = rate(line.command, 'bash');
  return { line, level, tools, rules: findings.map((item) => item.rule), masked: redacted.text };
};

const sameTools = ({ line, tools }: Answer): boolean =>
  JSON.stringify(tools) === JSON.stringify(typeof line.tool === 'string' ? [line.tool] : line.tool);
const isAlarm = (item: Answer): boolean => riskRank(item.level) >= riskRank('high');
const isDanger = ({ line }: Answer): boolean => line.expect === 'danger' || line.expect === 'critical';
const isBenign = ({ line }: Answer): boolean => line.expect === 'benign' || line.expect === 'safe';

/** The tier of a line with secrets: written contexts, formats without a name, named values. */
const secretTier = ({ secrets, family = '' }: Line): string | undefined => {
  if (secrets === undefined) return undefined;
  if (secrets.length === 0) return 'look-alike';
  if (family.startsWith('context')) return 'context';
  return family.endsWith(':format') ? 'format' : 'named';
};
const isMasked = ({ line, masked }: Answer): boolean =>
  line.secrets?.length === 0
    ? masked === line.command
    : line.secrets?.some((secret) => masked.includes(secret)) === false &&
      line.keep?.every((kept) => masked.includes(kept)) !== false;

interface Measure {
  readonly name: string;
  readonly of: (item: Answer) => boolean;
  readonly good: (item: Answer) => boolean;
  /** Prints the share of bad items (false alarms). */
  readonly inverted?: boolean;
}
const MEASURES: readonly Measure[] = [
  { name: 'danger rated high or critical', of: isDanger, good: isAlarm },
  {
    name: 'critical rated critical',
    of: ({ line }) => line.expect === 'critical',
    good: ({ level }) => level === 'critical',
  },
  { name: 'false alarms on benign', of: isBenign, good: (item) => !isAlarm(item), inverted: true },
  {
    name: 'false alarms on the traps',
    of: (item) => isBenign(item) && TRAPS.includes(item.line.family ?? ''),
    good: (item) => !isAlarm(item),
    inverted: true,
  },
  { name: 'safe rated exactly safe', of: ({ line }) => line.expect === 'safe', good: ({ level }) => level === 'safe' },
  { name: 'secrets in context masked', of: ({ line }) => secretTier(line) === 'context', good: isMasked },
  { name: 'secrets with a format masked', of: ({ line }) => secretTier(line) === 'format', good: isMasked },
  { name: 'secrets after a name masked', of: ({ line }) => secretTier(line) === 'named', good: isMasked },
  { name: 'look-alikes left alone', of: ({ line }) => secretTier(line) === 'look-alike', good: isMasked },
  { name: 'tools right', of: ({ line }) => line.tool !== undefined, good: sameTools },
];

const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)} %`;

const groupsOf = (items: readonly Answer[], key: (line: Line) => string | undefined): [string, Answer[]][] => {
  const groups = new Map<string, Answer[]>();
  for (const item of items) {
    const name = key(item.line);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length);
};

/** Good items of a group, as recall; of an inverted measure the bad ones, as a rate of alarms. */
const groupLine = (measure: Measure, name: string, group: readonly Answer[]): string => {
  const good = group.filter(measure.good).length;
  const part = measure.inverted ? group.length - good : good;
  return `  ${name.padEnd(30)} ${`${part}/${group.length}`.padEnd(10)} ${percent(part, group.length)}`;
};

const report = (measure: Measure, answers: readonly Answer[], misses: number): Record<string, unknown> | null => {
  const items = answers.filter(measure.of);
  if (items.length === 0) return null;
  const bad = items.filter((item) => !measure.good(item));
  const shown = measure.inverted ? bad.length : items.length - bad.length;
  console.log(`\n${measure.name.padEnd(34)} ${shown}/${items.length}  ${percent(shown, items.length)}`);
  for (const [tier, group] of groupsOf(items, ({ tier }) => tier))
    console.log(groupLine(measure, `tier ${tier}`, group));
  for (const [family, group] of groupsOf(items, ({ family, kind }) => family ?? kind ?? '?'))
    if (items[0]?.line.secrets || !group.every(measure.good)) console.log(groupLine(measure, family, group));
  for (const { line, level, tools, rules } of bad.slice(0, misses))
    console.log(
      `    ${line.id} ${level} [${rules.join(' ')}] ${line.tool === undefined ? '' : `${tools.join(' ')} `}${JSON.stringify(line.command).slice(0, 160)}`,
    );
  return { measure: measure.name, part: shown, all: items.length };
};

const main = (argv: readonly string[]): void => {
  const at = argv.indexOf('--misses');
  const misses = at < 0 ? 20 : Number(argv[at + 1]);
  const files = argv.filter((arg, index) => !arg.startsWith('--') && argv[index - 1] !== '--misses');
  if (files.length === 0)
    throw new UsageError('Expected at least one set of labelled lines: npm run eval:risk -- SET.jsonl …');
  const answers = files.flatMap(readSet).map(answer);
  const figures = MEASURES.map((measure) => report(measure, answers, misses));
  if (argv.includes('--json')) console.log(JSON.stringify(figures.filter((item) => item !== null)));
};

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
