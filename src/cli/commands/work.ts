import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { loadConfiguration } from '../../config/loader.ts';
import { counted } from '../../domain/counted.ts';
import { CaroError } from '../../domain/errors.ts';
import { PARTIAL_WORK, type WorkReport } from '../../domain/events/work-report.ts';
import { digestSentences } from '../../domain/status/weekly-digest.ts';
import type { Context } from '../context.ts';
import { nodeNames } from '../input/peer-names.ts';
import { byteSize, duration, harmless, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';

interface Json {
  readonly json?: true;
}

/** With and without the service: the database is read here, and nothing leaves this process. */
export function addWork(program: Command, context: Context): void {
  program
    .command('today')
    .description('what you worked on today, failures that repeat, aliases worth having')
    .option('--json', 'print one JSON object')
    .action((options: Json) => work(context, 1, options));
  program
    .command('week')
    .description('the same for the last seven days')
    .option('--json', 'print one JSON object')
    .action((options: Json) => work(context, 7, options));
}

async function work(context: Context, days: number, { json }: Json): Promise<void> {
  const { database: file } = context.places();
  if (!existsSync(file))
    throw new CaroError('not_found', 'expected recorded commands, there are none yet; see: caro init');
  const [{ openReadOnly }, { readWork }, { readDigest }] = await Promise.all([
    import('../../storage/database.ts'),
    import('../../storage/readers/work-reader.ts'),
    import('../../storage/readers/digest-reader.ts'),
  ]);
  const database = openReadOnly(file);
  try {
    const now = context.now();
    const since = new Date(now);
    since.setHours(0, 0, 0, 0);
    since.setDate(since.getDate() - days + 1);
    const report = await readWork(database, since.getTime(), now.getTime());
    const digest = days === 1 ? null : readDigest(database, since.getTime(), now.getTime());
    if (json) {
      sayJson(context, { ...report, ...(digest === null ? {} : { digest }) });
      return;
    }
    await sayReport(context, report, days === 1 ? 'Today' : 'The last 7 days');
    if (digest) say(context, `\n${digestSentences(digest, await nameIn(context), byteSize).join(' ')}`);
  } finally {
    database.close();
  }
}

const NODE_ID = 'caro:ed25519:';

/** Names of nodes; ids of those without one, cut short. */
async function nameIn(context: Context): Promise<(id: string) => string> {
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  const nameOf = await nodeNames(context, configuration);
  return (id) => {
    const name = nameOf(id);
    // The syslog receiver is a recipient, too, and has no id.
    return name === id && id.startsWith(NODE_ID) ? `${id.slice(0, NODE_ID.length + 8)}…` : name;
  };
}

async function sayReport(context: Context, report: WorkReport, title: string): Promise<void> {
  const { commands, agentCommands, agentFailures, failures, activeMs, projects, failing, aliases } = report;
  if (commands + agentCommands === 0) {
    say(context, `${title}: no command yet.`);
    return;
  }
  const agents =
    agentCommands === 0 ? '' : ` Agents ran ${counted(agentCommands, 'command')}; ${agentFailures} failed.`;
  say(
    context,
    `${title}: ${counted(commands, 'command')} of yours in ${duration(activeMs)} of work; ${failures} failed.${agents}`,
  );
  if (report.isPartial) say(context, PARTIAL_WORK);
  say(context);
  await sayTable(
    context,
    [
      { title: 'PROJECT', text: ({ project }) => project ?? '(none)' },
      { title: 'TIME', align: 'right', text: (project) => duration(project.activeMs) },
      { title: 'COMMANDS', align: 'right', text: (project) => String(project.commands) },
      { title: 'FAILED', align: 'right', text: (project) => String(project.failures) },
      { title: 'BY AGENTS', align: 'right', text: (project) => String(project.agentCommands) },
      { title: 'FAILED', align: 'right', text: (project) => String(project.agentFailures) },
    ],
    projects,
  );
  if (failing.length > 0) say(context, '\nFailed more than once:');
  for (const { command, count, fix } of failing) {
    say(context, `  ${count} × ${harmless(command)}`);
    if (fix !== null) say(context, `      then worked: ${harmless(fix)}`);
  }
  if (aliases.length > 0) say(context, '\nAliases worth having:');
  for (const { name, command, count, saved } of aliases)
    say(context, `  alias ${name}='${harmless(command)}'   # typed ${count} times, ${saved} characters`);
}
