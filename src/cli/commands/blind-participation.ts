import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import type { BlindStatus, DayCells, ReportStop, TaskOffer, TaskView } from '../../domain/blind/participation.ts';
import { reportOutcome } from '../../domain/blind/report-outcome.ts';
import { counted } from '../../domain/counted.ts';
import { CaroError, ERRORS, type ErrorCode } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { type Consent, isConfirmed, withYes } from '../input/confirmation.ts';
import { parseCount } from '../input/options.ts';
import { nodeNames } from '../input/peer-names.ts';
import { changeSettings, sayForce } from '../input/settings-change.ts';
import { taskTextIn } from '../input/task-file.ts';
import { localTime, say, sayJson } from '../output/output.ts';
import { sayFacts, sayTable } from '../output/table.ts';

interface Format {
  readonly json?: true;
}

const DAYS = 30;
/** A thread measures the day; anomalies are found in a year of history. */
const MEASURE_MS = 120_000;

/** The commands of a node that takes part in blind totals. */
export function addBlindParticipation(blind: Command, context: Context): void {
  withYes(blind.command('join <file>'))
    .description('take part in a task: shows what leaves, to whom and how often, then asks')
    .option('--json', 'print one JSON object')
    .action((file: string, options: Consent & Format) => join(context, file, options));
  blind
    .command('status')
    .description('print the task, what waits, and what keeps reports from leaving')
    .option('--json', 'print one JSON object')
    .action(({ json }: Format) => status(context, json));
  blind
    .command('preview')
    .description('print every cell of the next report, as it would leave now')
    .option('--json', 'print one JSON object')
    .action(({ json }: Format) => preview(context, json));
  blind
    .command('list')
    .description('print the days: sent, receipts, included in a total of how many nodes')
    .option('--limit <days>', 'print only this many of the newest', parseCount, DAYS)
    .option('--json', 'print JSON lines')
    .action((options: Format & { readonly limit: number }) => list(context, options));
  blind
    .command('leave')
    .description('end the part of this node in its task; reports that wait are not sent')
    .option('--json', 'print one JSON object')
    .action(({ json }: Format) => leave(context, json));
}

async function join(context: Context, file: string, { yes, json }: Consent & Format): Promise<void> {
  const { socket } = context.places();
  const document = taskTextIn(file, 'the file of a task');
  const offer = await callAdmin(socket, 'blind.inspect', { document }, MEASURE_MS);
  if (!json) await sayOffer(context, offer);
  if (!(await isConfirmed(context, 'Take part in this task?', { yes }))) return;
  await callAdmin(socket, 'blind.join', { document }, MEASURE_MS);
  if (json) sayJson(context, { joined: offer.task, mayConnect: offer.mayConnect, stoppedBy: offer.stoppedBy });
  else say(context, `joined ${offer.task.name}; the first report is about ${offer.preview.day}`);
}

async function sayOffer(context: Context, { task, mayConnect, stoppedBy, preview: shown }: TaskOffer): Promise<void> {
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  const name = await nodeNames(context, configuration);
  sayTerms(context, task, name);
  for (const line of [
    'Once a day this node sends a report about one UTC day, also about a day without commands.',
    'A report holds counts in closed words, never a command, a path or an argument. It is split in two:',
    'one part for the leader, one for the trustee. Neither can read your figures. Together they obtain',
    `totals over at least ${task.floor} nodes.`,
    'What this cannot hide: both see that this node takes part and when its reports come; if the two',
    'combine what they have, they can read everything. The cryptographic draft behind it is not final',
    'and has not been audited.',
    configuration.sharing.live
      ? 'Supervisors still get figures of this node alone: its owner has set sharing.live = true.'
      : 'While this node takes part, supervisors get no figures of it alone (sharing.live = false).',
    `The report about ${shown.day} would say now:`,
    ...cellLines(shown),
  ]) {
    say(context, line);
  }
  sayObstacles(context, task, name, { mayConnect, stoppedBy });
}

type Names = (id: string) => string;

function sayTerms(context: Context, task: TaskView, name: Names): void {
  sayFacts(context, [
    ['task', task.name],
    ['leader', name(task.leader)],
    ['trustee', name(task.trustee)],
    ['floor', `${task.floor} nodes behind a total, members for ${counted(task.seasonDays, 'day')}`],
    ['window', `${counted(task.windowHours, 'hour')} after a day`],
    ['noise', task.noiseSd === 0 ? 'none, totals are exact' : `standard deviation ${task.noiseSd}`],
  ]);
}

const STOPPED: Readonly<Record<ReportStop, string>> = {
  'mesh.enabled': 'The mesh is off, so no report leaves: set enabled = true under [mesh] in caro.toml.',
  'sharing.level': 'Sharing is off, so no report leaves: caro sharing enable --level 2',
  'blind.report': 'Reports are stopped (blind.report = false), so none leaves.',
  'blind.floor': 'The task allows totals over fewer nodes than blind.floor of this node, so no report leaves.',
};

function sayObstacles(
  context: Context,
  task: TaskView,
  name: Names,
  { mayConnect, stoppedBy }: Pick<TaskOffer, 'mayConnect' | 'stoppedBy'>,
): void {
  if (stoppedBy !== null) say(context, STOPPED[stoppedBy]);
  for (const role of ['leader', 'trustee'] as const) {
    if (mayConnect[role]) continue;
    say(context, `The ${role} may not connect, so it gets no report: caro trust set ${name(task[role])} supervisor`);
  }
}

async function status(context: Context, json: true | undefined): Promise<void> {
  const found = await callAdmin(context.places().socket, 'blind.status', {});
  if (json) sayJson(context, found);
  else await sayStatus(context, found);
}

async function sayStatus(
  context: Context,
  { task, stoppedBy, next, waiting, trouble, forked }: BlindStatus,
): Promise<void> {
  if (task === null) {
    say(context, 'This node takes part in no task.');
    return;
  }
  const name = await nodeNames(context, loadConfiguration(context.places(), context.hostname).configuration);
  sayTerms(context, task, name);
  sayFacts(context, [
    ['joined', localTime(task.joinedAt)],
    ['next report', next === null ? 'after this UTC day' : `about ${next.day}, ${localTime(next.dueAt)}`],
    ['without a receipt', `${waiting} of the envelopes that were made`],
  ]);
  for (const role of ['leader', 'trustee'] as const) {
    const code = trouble[role];
    if (code === 'clock_skewed')
      say(context, `no report is made: the clock of the ${role} is another one; set the clock that is wrong`);
    else if (waiting > 0 && code !== null)
      say(context, `no receipt of the ${role} yet: ${troubleText(code)} (${code})`);
  }
  if (forked) say(context, "The trustee's release log contradicts what it said before. Ask the trustee about it.");
  sayObstacles(context, task, name, { mayConnect: task.mayConnect, stoppedBy });
}

/** Some codes are about the node that answers. */
function troubleText(code: ErrorCode): string {
  if (code === 'task_unknown') return 'it does not know this task; ask its owner whether its database was lost';
  if (code === 'report_not_member') return 'it does not count this node; ask its owner to name this node as a peer';
  return ERRORS[code].what.replace(/\.$/, '').replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

async function preview(context: Context, json: true | undefined): Promise<void> {
  const shown = await callAdmin(context.places().socket, 'blind.preview', {}, MEASURE_MS);
  if (json) {
    sayJson(context, shown);
    return;
  }
  say(context, `The report about ${shown.day}${shown.closed ? '' : ', with the figures so far'}:`);
  for (const line of cellLines(shown)) say(context, line);
}

/** Cells that are not 0 on lines of their own, then what the others are about. */
function cellLines({ cells }: DayCells): readonly string[] {
  const filled = cells.filter(({ value }) => value > 0);
  const empty = cells.filter(({ value }) => value === 0);
  return [
    ...filled.map(({ name, value }) => `  ${name}: ${value}`),
    ...(empty.length === 0 ? [] : [`  0 in the other ${empty.length} cells, amounts (count) and bits (nodes) of`]),
    ...sectionsOf(empty),
  ];
}

/** One line for each section: `families.git.count` and `families.git.nodes` are `git`. */
function sectionsOf(cells: DayCells['cells']): readonly string[] {
  const sections = new Map<string, Set<string>>();
  for (const { name } of cells) {
    const [section = '', ...rest] = name.split('.').slice(0, -1);
    sections.set(section, (sections.get(section) ?? new Set()).add(rest.join('.')));
  }
  return [...sections].map(([section, names]) => `    ${section}${names.has('') ? '' : `: ${[...names].join(', ')}`}`);
}

async function list(context: Context, { limit, json }: Format & { readonly limit: number }): Promise<void> {
  const newest = await callAdmin(context.places().socket, 'blind.list', { limit });
  const days = [...newest].reverse();
  if (json) for (const day of days) sayJson(context, day);
  else if (days.length === 0) say(context, 'No report yet.');
  else {
    await sayTable(
      context,
      [
        { title: 'DAY', text: ({ day }) => day },
        { title: 'REPORT', text: (day) => reportOutcome(day, localTime) },
      ],
      days,
    );
  }
}

async function leave(context: Context, json: true | undefined): Promise<void> {
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  if (configuration.blind.task === undefined)
    throw new CaroError('not_found', 'expected a node that takes part in blind totals, this one takes part in none');
  const { isInForce } = await changeSettings(context, { set: 'blind-left' });
  if (json) {
    sayJson(context, { left: configuration.blind.task, inForce: isInForce });
    return;
  }
  say(context, 'left; supervisors get figures of this node again, as far as trust and sharing allow');
  sayForce(context, isInForce);
}
