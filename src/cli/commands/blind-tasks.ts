import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import { noTotalText } from '../../domain/blind/report-outcome.ts';
import type { Endorsement, RoleRelease, RoleStatus } from '../../domain/blind/roles.ts';
import { COMPLETE_PERCENT, FLOOR, NOISE_SD, SEASON_DAYS, WINDOW_HOURS } from '../../domain/blind/terms.ts';
import { counted } from '../../domain/counted.ts';
import type { Context } from '../context.ts';
import { type Consent, isConfirmed, withYes } from '../input/confirmation.ts';
import { parseCountFrom, parseNodeName } from '../input/options.ts';
import { nodeIdOf, nodeNames } from '../input/peer-names.ts';
import { taskTextIn } from '../input/task-file.ts';
import { say, sayJson } from '../output/output.ts';
import { writePrivateFile } from '../output/output-file.ts';
import { sayFacts } from '../output/table.ts';

const parseIn = ({ least, most }: { readonly least: number; readonly most: number }) => parseCountFrom(least, most);

/** The commands of a leader and a trustee. */
export function addBlindTasks(blind: Command, context: Context): void {
  blind
    .command('create')
    .argument('<name>', 'name of the task, as owners see it', parseNodeName)
    .description('as leader: write the draft of a task, for its trustee to endorse')
    .requiredOption('--trustee <node>', 'node id or name of the peer that is the trustee')
    .requiredOption('--output <file>', 'file for the draft')
    .option('--floor <nodes>', 'smallest number of nodes behind a total (20)', parseIn(FLOOR))
    .option('--window <hours>', 'how long after a day its reports are accepted (72)', parseIn(WINDOW_HOURS))
    .option('--complete <percent>', 'share of the reports that this node must present (80)', parseIn(COMPLETE_PERCENT))
    .option('--season <days>', 'days of membership before a node counts towards the floor (7)', parseIn(SEASON_DAYS))
    .option('--noise <sd>', 'standard deviation of the noise on totals (none)', parseIn(NOISE_SD))
    .action((name: string, options: DraftOptions) => create(context, name, options));
  withYes(blind.command('endorse <file>'))
    .description('sign the draft of a leader as its trustee, or the offer of a trustee as its leader')
    .requiredOption('--output <file>', 'file for the document that results')
    .action((file: string, options: Consent & { readonly output: string }) => endorse(context, file, options));
  blind
    .command('roles')
    .description('as leader or trustee: reports of the open days, and what was released')
    .option('--json', 'print one JSON object')
    .action((options: { readonly json?: true }) => roles(context, options));
}

interface DraftOptions {
  readonly trustee: string;
  readonly output: string;
  readonly floor?: number;
  readonly window?: number;
  readonly complete?: number;
  readonly season?: number;
  readonly noise?: number;
}

async function create(context: Context, name: string, options: DraftOptions): Promise<void> {
  const places = context.places();
  const { configuration } = loadConfiguration(places, context.hostname);
  const { floor, window, complete, season, noise } = options;
  const { document } = await callAdmin(places.socket, 'blind.draft', {
    name,
    trustee: await nodeIdOf(context, options.trustee, configuration),
    ...(floor === undefined ? {} : { floor }),
    ...(window === undefined ? {} : { windowHours: window }),
    ...(complete === undefined ? {} : { completePercent: complete }),
    ...(season === undefined ? {} : { seasonDays: season }),
    ...(noise === undefined ? {} : { noiseSd: noise }),
  });
  await writePrivateFile(options.output, [document.trimEnd()]);
  say(context, `draft written to ${options.output}; on the trustee, run: caro blind endorse FILE --output OFFER`);
}

async function endorse(
  context: Context,
  file: string,
  { output, yes }: Consent & { readonly output: string },
): Promise<void> {
  const { socket } = context.places();
  const document = taskTextIn(file, 'a draft or an offer');
  const proposed = await callAdmin(socket, 'blind.endorse', { document, isConfirmed: false });
  await sayTerms(context, proposed);
  if (!(await isConfirmed(context, QUESTIONS[proposed.role], { yes }))) return;
  const signed = await callAdmin(socket, 'blind.endorse', { document, isConfirmed: true });
  await writePrivateFile(output, [(signed.document ?? '').trimEnd()]);
  say(context, `${proposed.role === 'trustee' ? OFFERED : FINISHED}${output}`);
  say(
    context,
    proposed.role === 'trustee'
      ? 'on the leader, run: caro blind endorse OFFER --output TASK'
      : 'give it to the owners of the nodes, who can then join it',
  );
}

const QUESTIONS = {
  trustee: 'Endorse this task as its trustee? Reports of nodes that you have named are then accepted.',
  leader: 'Sign this task as its leader? Reports of nodes that you have named are then accepted.',
} as const;
const OFFERED = 'offer written to ';
const FINISHED = 'task with both signatures written to ';

async function sayTerms(context: Context, { role, terms }: Endorsement): Promise<void> {
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  const named = await nodeNames(context, configuration);
  sayFacts(context, [
    ['task', terms.name],
    ['leader', role === 'leader' ? 'this node' : named(terms.leader)],
    ['trustee', role === 'trustee' ? 'this node' : named(terms.trustee)],
    ['floor', `${terms.floor} nodes behind a total`],
    ['window', `${counted(terms.windowHours, 'hour')} after a day`],
    ['complete', `${terms.completePercent} % of the reports that the trustee received`],
    ['season', `${counted(terms.seasonDays, 'day')} of membership`],
    ['noise', terms.noiseSd === 0 ? 'none' : `standard deviation ${terms.noiseSd}`],
  ]);
}

async function roles(context: Context, { json }: { readonly json?: true }): Promise<void> {
  const tasks = await callAdmin(context.places().socket, 'blind.roles', {});
  if (json) {
    sayJson(context, { tasks });
    return;
  }
  if (tasks.length === 0) say(context, 'This node is neither leader nor trustee of a task.');
  for (const task of tasks) sayTask(context, task);
}

function sayTask(context: Context, { name, role, hasKeys, open, releases }: RoleStatus): void {
  say(context, `${name}: ${role}`);
  if (!hasKeys) say(context, '  no report is taken: its keys are missing; restore a copy of blind-keys.json');
  for (const { day, received, ready, invalid } of open)
    say(context, `  ${day}: open, ${counted(received, 'report')}, ${ready} verified, ${invalid} refused`);
  for (const release of releases) say(context, `  ${release.day}: ${released(release)}`);
  if (open.length + releases.length === 0) say(context, '  no report yet: a day is reported when it is over (UTC)');
}

const released = ({ blocks, withheld }: RoleRelease): string =>
  withheld === null
    ? `released, ${blocks.map(({ name, contributors }) => `${name}: ${counted(contributors, 'node')}`).join(', ')}`
    : noTotalText(withheld);
