import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text as readText } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { CaroError } from '../../domain/errors.ts';
import { SHELLS, type ShellKind } from '../../domain/events/shell-kind.ts';
import type { CustomRules } from '../../risk/assess.ts';
import type { Rating } from '../../risk/rate.ts';
import type { Context } from '../context.ts';
import { harmless, jsonText, paintRisk, say, sayJson } from '../output/output.ts';
import { customRules } from '../rules/custom-rules.ts';
import { sayExplanation } from '../rules/explanation.ts';

interface Options {
  readonly jsonl?: true;
  readonly json?: true;
  readonly explain?: true;
  readonly shell: ShellKind;
}

/** Without this hint, options of the command would look like our own. */
const UNQUOTED = "(quote a command that has options, or put '--' before it: caro assess -- rm -rf build)";

export function addAssess(program: Command, context: Context): void {
  program
    .command('assess')
    .description('rate a command without running it; nothing is stored')
    .argument('[command...]', 'the command; without it, read from stdin, where other users cannot see it')
    .showHelpAfterError(UNQUOTED)
    .addOption(new Option('--shell <shell>', 'shell that would run it').choices(SHELLS).default('bash'))
    .option('--jsonl', 'read JSON lines with "id" and "command" from stdin, print a JSON line for each')
    .option('--json', 'print one JSON object')
    .option('--explain', 'print how the line was read, and which words decided; secrets are masked')
    .action(async (words: readonly string[], options: Options) => {
      const command = words.length === 0 ? undefined : words.join(' ');
      if (options.jsonl && options.explain)
        throw new CaroError(
          'usage',
          '--explain explains one command: expected no --jsonl next to it; remove one of them',
        );
      if (!options.jsonl)
        await assessOne(context, command ?? (await readText(context.stdin)).replace(/\n$/, ''), options);
      else if (command === undefined) await assessLines(context, options.shell);
      else
        throw new CaroError(
          'usage',
          '--jsonl reads commands from stdin: expected no command next to it; remove one of the two',
        );
    });
}

async function assessOne(context: Context, command: string, options: Options): Promise<void> {
  // Loaded here, so that other commands start without the rules.
  const [{ rate }, custom] = await Promise.all([import('../../risk/rate.ts'), customRules(context)]);
  const rating = rate(command, options.shell, {}, custom);
  const explanation = options.explain ? await explained(command, options.shell, custom) : undefined;
  if (options.json) {
    const rules = rating.findings.map(({ rule, technique, level, family, reason, safer }) => ({
      id: rule,
      technique: technique ?? null,
      level,
      family,
      reason,
      safer,
    }));
    sayJson(context, {
      level: rating.level,
      tools: rating.tools,
      category: rating.category,
      rules,
      ...(explanation === undefined ? {} : { explanation }),
    });
  } else {
    sayRating(context, rating);
    if (explanation) sayExplanation(context, explanation);
  }
}

async function explained(command: string, shell: ShellKind, custom: CustomRules | undefined) {
  const { explain } = await import('../../risk/explain.ts');
  return explain(command, shell, {}, custom);
}

function sayRating(context: Context, { level, tools, category, findings }: Rating): void {
  say(context, `${paintRisk(context, level, level)}  ${harmless(tools.join(', ')) || 'no tool'} (${category})`);
  for (const { rule, technique, reason, safer } of findings) {
    say(context);
    say(context, `  ${reason}  [${technique === undefined ? rule : `${rule}, ${technique}`}]`);
    say(context, `  safer: ${safer}`);
  }
}

async function assessLines(context: Context, shell: ShellKind): Promise<void> {
  const [{ rate }, custom] = await Promise.all([import('../../risk/rate.ts'), customRules(context)]);
  let number = 0;
  for await (const line of createInterface({ input: context.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() === '') continue;
    const { id, command } = parseLine(line, number);
    const { level, tools, findings } = rate(command, shell, {}, custom);
    const rules = findings.map(({ rule, technique }) => ({ id: rule, technique: technique ?? null }));
    const isTaken = context.stdout.write(`${jsonText({ id, level, tools, rules })}\n`);
    if (!isTaken) await once(context.stdout, 'drain');
  }
}

/** Ignores other members. The error does not quote the line, because it holds a command. */
function parseLine(line: string, number: number): { readonly id: string | number; readonly command: string } {
  try {
    const { id, command } = JSON.parse(line) as { readonly id?: unknown; readonly command?: unknown };
    if ((typeof id === 'string' || typeof id === 'number') && typeof command === 'string') return { id, command };
  } catch {
    // Reported below.
  }
  throw new CaroError('usage', `line ${number} of stdin: expected {"id": …, "command": "…"}, got something else`);
}
