import type { Command } from 'commander';
import { CaroError } from '../../domain/errors.ts';
import type { CustomRuleLine, ReplayResult, RuleFile } from '../../domain/rules/custom-rule.ts';
import type { Context } from '../context.ts';
import { parseSince } from '../input/options.ts';
import { harmless, localTime, paint, paintRisk, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';
import { loadedRules, ruleFolder, ruleFolderPath } from '../rules/custom-rules.ts';
import { ruleOptions } from '../rules/rule-options.ts';

interface Json {
  readonly json?: true;
}

export function addRules(program: Command, context: Context): void {
  const rules = program.command('rules').description("your organization's own risk rules, in Sigma's format");
  addAdd(rules, context);
  addList(rules, context);
  addRemove(rules, context);
  addTest(rules, context);
}

function addAdd(rules: Command, context: Context): void {
  rules
    .command('add')
    .description('check rule files and copy them to the rule folder; each command from then on is rated with them')
    .argument('<file...>', 'Sigma rules for process_creation on Linux or macOS (.yml)')
    .option('--replace', 'overwrite files of the same name')
    .option('--json', 'print JSON lines')
    .action(async (paths: readonly string[], options: Json & { readonly replace?: true }) => {
      const { addRuleFiles } = await import('../rules/rule-store.ts');
      const results = addRuleFiles(ruleFolder(context), paths, options.replace === true);
      for (const result of results) {
        if (options.json) sayJson(context, result);
        else say(context, `${harmless(result.file)}: ${result.reason ?? result.result}`);
      }
      const refused = results.filter(({ result }) => result === 'refused').length;
      if (!options.json) say(context, `${results.length - refused} can be used, ${refused} not added`);
      if (refused > 0) context.failed();
    });
}

function addList(rules: Command, context: Context): void {
  rules
    .command('list')
    .description('print the rules of the folder, and why some are set aside')
    .option('--json', 'print JSON lines')
    .action(async ({ json }: Json) => {
      const loaded = await loadedRules(context);
      const lines = loaded?.report.rules ?? [];
      if (json) for (const line of lines) sayJson(context, line);
      else if (lines.length === 0)
        say(context, `No rules in ${ruleFolderPath(context)}; to add some: caro rules add FILE`);
      else await sayLines(context, lines);
      if (lines.some(({ state }) => state === 'set-aside')) context.failed();
    });
}

const STATES: Readonly<Record<CustomRuleLine['state'], string>> = {
  'in-force': 'in force',
  'other-system': 'other system',
  'set-aside': 'set aside',
};

async function sayLines(context: Context, lines: readonly CustomRuleLine[]): Promise<void> {
  await sayTable(
    context,
    [
      {
        title: 'STATE',
        text: ({ state }) => STATES[state],
        paint: ({ state }, text) => (state === 'set-aside' ? paint(context, 'red', text) : text),
      },
      {
        title: 'LEVEL',
        text: ({ level }) => level ?? '-',
        paint: ({ level }, text) => (level === null ? text : paintRisk(context, level, text)),
      },
      { title: 'ATT&CK', text: ({ techniques }) => techniques.join(' ') || '-' },
      { title: 'FILE', text: ({ file }) => file },
      { title: 'TITLE OR REASON', text: ({ title, reason }) => reason ?? title ?? '-' },
    ],
    lines,
  );
}

function addRemove(rules: Command, context: Context): void {
  rules
    .command('remove')
    .description('remove a rule file from the rule folder')
    .argument('<rule>', 'file name or rule id, as printed by caro rules list')
    .option('--json', 'print one JSON object')
    .action(async (named: string, { json }: Json) => {
      const { removeRuleFile } = await import('../rules/rule-store.ts');
      const file = removeRuleFile(ruleFolder(context), named);
      if (json) sayJson(context, { removed: file });
      else say(context, `${harmless(file)}: removed`);
    });
}

function addTest(rules: Command, context: Context): void {
  rules
    .command('test')
    .description('check a rule file without adding it, and try it on your own history')
    .argument('<file>', 'Sigma rules (.yml)')
    .option(
      '--replay <time>',
      'show which stored commands since then would have had another level: 30d, 2026-01-31',
      parseSince(context.now()),
    )
    .option('--json', 'print one JSON object')
    .action(async (path: string, options: Json & { readonly replay?: string }) => {
      const { readNamedFile, linesOf } = await import('../rules/rule-store.ts');
      const file = readNamedFile(path);
      const lines = linesOf(file);
      const isUsable = lines.every(({ reason }) => reason === null);
      const result = isUsable && options.replay !== undefined ? await replayed(context, file, options.replay) : null;
      if (options.json) sayJson(context, { rules: lines, replay: result });
      else {
        for (const line of lines) sayLine(context, line);
        if (result) await sayReplay(context, result);
      }
      if (!isUsable) context.failed();
    });
}

function sayLine(context: Context, { file, title, level, techniques, reason, state, notes }: CustomRuleLine): void {
  if (reason !== null || level === null) {
    say(context, `${paint(context, 'red', 'set aside')}  ${harmless(title ?? file)}: ${harmless(reason ?? '')}`);
    return;
  }
  const attack = techniques.length === 0 ? '' : `  ${techniques.join(' ')}`;
  say(context, `${paintRisk(context, level, level)}  ${harmless(title ?? file)}${attack}`);
  if (level === 'safe') say(context, '  note: informational and low: the rule is named and raises no level');
  if (state === 'other-system')
    say(context, '  note: for another system; here it sees commands on other machines only');
  for (const note of notes) say(context, `  note: ${harmless(note)}`);
}

/** Reads the database itself: the service need not run, and does not wait. */
async function replayed(context: Context, file: RuleFile, since: string): Promise<ReplayResult> {
  const [{ openReadOnly }, { eventsSince }, { readRules }, { replay }] = await Promise.all([
    import('../../storage/database.ts'),
    import('../../storage/events/event-stream.ts'),
    import('../../risk/custom/rule-files.ts'),
    import('../../risk/custom/replay.ts'),
  ]);
  const { database: path } = context.places();
  const database = opened(path, openReadOnly);
  try {
    return await replay(await readRules({ files: [file], refused: [] }), eventsSince(database, since), {
      ...(await ruleOptions()),
      since,
      home: context.home,
      isOver: () => context.interrupted.aborted,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    });
  } finally {
    database.close();
  }
}

function opened<T>(path: string, open: (path: string) => T): T {
  try {
    return open(path);
  } catch (error) {
    throw new CaroError('not_found', `${path}: expected the database, found none; start the service once`, {
      cause: error,
    });
  }
}

async function sayReplay(context: Context, result: ReplayResult): Promise<void> {
  const { commands, matches, changes, examples, readTo, since } = result;
  say(context);
  say(context, `${commands} commands since ${localTime(readTo ?? since)}: ${matches} match`);
  if (readTo !== null) say(context, 'Interrupted: older commands were not looked at.');
  for (const { from, to, count } of changes)
    say(context, `  ${count} ${paintRisk(context, from, from)} would have been ${paintRisk(context, to, to)}`);
  if (changes.length === 0) say(context, '  no command would have had another level');
  say(context, 'Stored commands have their secrets masked; a rule that looks for a secret finds none here.');
  if (examples.length === 0) return;
  say(context);
  await sayTable(
    context,
    [
      { title: 'TIME', text: ({ time }) => localTime(time) },
      { title: 'WAS', text: ({ from }) => from, paint: ({ from }, text) => paintRisk(context, from, text) },
      { title: 'WOULD BE', text: ({ to }) => to, paint: ({ to }, text) => paintRisk(context, to, text) },
      { title: 'COMMAND', text: ({ command }) => command },
    ],
    examples,
  );
}
