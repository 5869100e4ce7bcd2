import { join } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import {
  hookGuard,
  hookState,
  makeChange,
  type PlannedChange,
  planInstall,
  planUninstall,
} from '../../config/agents/agent-hooks.ts';
import {
  AGENT_PROGRAMS,
  type AgentProgram,
  agentFile,
  guardCommand,
  hookCommand,
} from '../../config/agents/agent-programs.ts';
import type { Commands } from '../../config/agents/hook-entries.ts';
import { prepareSpool } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import { KNOWN_AGENTS, type KnownAgent } from '../../domain/events/author.ts';
import { GUARD_LEVELS, type GuardLevel } from '../../domain/guard/guard.ts';
import type { AgentCoverage } from '../../domain/status/agent-coverage.ts';
import type { Context } from '../context.ts';
import { asking, type Consent, isConfirmed } from '../input/confirmation.ts';
import { localTime, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';
import { packageRoot } from '../package-root.ts';
import { agentHookFile, refreshHookFiles } from '../shell-setup/hook-files.ts';

interface Options extends Consent {
  readonly json?: true;
  readonly guard?: GuardLevel;
}

interface Setup {
  readonly program: AgentProgram;
  readonly file: string;
  readonly commands: Commands;
  /** What installations did, so that they can be undone. */
  readonly receipts: string;
}

export function addAgents(program: Command, context: Context): void {
  const agents = program.command('agents').description('coding agents whose commands are recorded');
  const name = (): Argument => new Argument('<name>', 'the agent').choices(KNOWN_AGENTS);
  asking(agents.command('install'), context)
    .description("add our entry to an agent's own hook file, so that its commands are recorded")
    .addArgument(name())
    .addOption(new Option('--guard <level>', 'ask or deny before commands from this risk on').choices(GUARD_LEVELS))
    .option('--json', 'print one JSON object')
    .action((agent: KnownAgent, options: Options) => install(context, agent, options));
  asking(agents.command('uninstall'), context)
    .description('remove our entry, and nothing else')
    .addArgument(name())
    .option('--json', 'print one JSON object')
    .action((agent: KnownAgent, options: Options) => uninstall(context, agent, options));
  agents
    .command('status')
    .description('which agents report their commands, and which run without')
    .addArgument(new Argument('[name]', 'only this agent').choices(KNOWN_AGENTS))
    .option('--json', 'print one JSON object')
    .action((agent: KnownAgent | undefined, options: Options) => status(context, agent, options));
}

async function install(context: Context, agent: KnownAgent, options: Options): Promise<void> {
  const { program, file, commands: observing, receipts } = setupOf(context, agent);
  // Without the option, a guard that is there stays.
  const level = options.guard ?? hookGuard(program, file, observing);
  const guard = level === null ? undefined : guardCommand(join(packageRoot(), 'bin', 'caro.js'), agent, level);
  const change = planInstall(program, file, { ...observing, guard }, receipts);
  if (change === null) {
    sayDone(
      context,
      options,
      { agent, file, changed: false, guard: level },
      `${program.title} has our entry already: ${file}`,
    );
    return;
  }
  if (!options.json) sayChange(context, change, program);
  const guarded = level === null ? '' : `, and guarded from ${level} risk on`;
  const question = `Add this to ${change.before.file}? What ${program.title} runs is then recorded${guarded}.`;
  if (!(await isConfirmed(context, question, options))) return;
  makeChange(program, change, receipts, true);
  const next =
    hookState(program, file, { ...observing, guard }) === 'off'
      ? `But the file switches all hooks off (${program.off?.path.join('.') ?? ''}): nothing is recorded until you remove that.`
      : (program.note ?? `Sessions of ${program.title} that start from now on report their commands.`);
  sayDone(context, options, { agent, file: change.before.file, changed: true, guard: level }, `Added. ${next}`);
}

async function uninstall(context: Context, agent: KnownAgent, options: Options): Promise<void> {
  const { program, file, commands, receipts } = setupOf(context, agent);
  const change = planUninstall(program, file, commands, receipts);
  if (change === null) {
    sayDone(context, options, { agent, file, changed: false }, `${file} has no entry of ours.`);
    return;
  }
  if (!options.json) sayChange(context, change, program);
  if (!(await isConfirmed(context, `Remove this from ${change.before.file}?`, options))) return;
  makeChange(program, change, receipts, false);
  const done = `Removed. Sessions of ${program.title} that already run may go on reporting until they end.`;
  sayDone(context, options, { agent, file: change.before.file, changed: true }, done);
}

function setupOf(context: Context, agent: KnownAgent): Setup {
  const places = context.places();
  prepareSpool(places);
  refreshHookFiles(places);
  const program = AGENT_PROGRAMS[agent];
  return {
    program,
    file: agentFile(program, context.home, context.env),
    commands: { observe: hookCommand(agentHookFile(places.hooks), agent) },
    receipts: join(places.data, 'agents'),
  };
}

/** The lines that differ: ours are all on one side. */
function sayChange(context: Context, { before, text }: PlannedChange, { title }: AgentProgram): void {
  const [old, new_] = [before.text ?? '', text ?? ''].map((one) => one.split('\n'));
  say(context, `Hook file of ${title}: ${before.file}`);
  if (text === null) say(context, 'The file holds nothing but our entry, and is removed.');
  for (const line of differing(new_ ?? [], old ?? [])) say(context, `  + ${line}`);
  for (const line of differing(old ?? [], new_ ?? [])) say(context, `  - ${line}`);
}

/** Lines between the common beginning and the common end of two texts. */
function differing(lines: readonly string[], others: readonly string[]): readonly string[] {
  let [from, back] = [0, 0];
  const most = Math.min(lines.length, others.length);
  while (from < most && lines[from] === others[from]) from += 1;
  while (back < most - from && lines.at(-1 - back) === others.at(-1 - back)) back += 1;
  return lines.slice(from, lines.length - back);
}

function sayDone(context: Context, { json }: Options, result: object, text: string): void {
  if (json) sayJson(context, result);
  else say(context, text);
}

interface Row {
  readonly agent: string;
  readonly file: string | null;
  readonly hook: string;
  readonly guard: GuardLevel | null;
  readonly problem: string | null;
  readonly running: number | null;
  readonly silent: number | null;
  readonly bypass: boolean | null;
  readonly lastSeen: string | null;
}

async function status(context: Context, only: KnownAgent | undefined, options: Options): Promise<void> {
  const coverage = await coverageOf(context);
  const known = KNOWN_AGENTS.filter((agent) => only === undefined || agent === only).map((agent) =>
    rowOf(agent, setupOf(context, agent), coverage),
  );
  const others = (coverage ?? []).filter(({ agent }) => !KNOWN_AGENTS.some((one) => one === agent));
  const rows =
    only === undefined
      ? [...known, ...others.map((one): Row => ({ ...one, file: null, guard: null, problem: null }))]
      : known;
  if (rows.some(({ problem }) => problem !== null)) context.failed();
  if (options.json) {
    sayJson(context, { service: coverage !== null, agents: rows });
    return;
  }
  await sayTable(
    context,
    [
      { title: 'AGENT', text: ({ agent }) => agent },
      { title: 'HOOK', text: ({ hook }) => hook },
      { title: 'GUARD', text: ({ guard }) => guard ?? '-' },
      { title: 'RUNNING', align: 'right', text: ({ running }) => String(running ?? '-') },
      { title: 'NOT REPORTING', align: 'right', text: ({ silent }) => String(silent ?? '-') },
      { title: 'APPROVAL', text: ({ bypass }) => (bypass ? 'bypassed' : '-') },
      { title: 'LAST REPORT', text: ({ lastSeen }) => (lastSeen === null ? '-' : localTime(lastSeen)) },
    ],
    rows,
  );
  for (const { problem } of rows) if (problem !== null) say(context, problem);
  if (coverage === null) say(context, 'The service is not running: what runs and reports is not known.');
}

function rowOf(agent: KnownAgent, { program, file, commands }: Setup, coverage: readonly AgentCoverage[] | null): Row {
  const seen = coverage?.find((one) => one.agent === agent);
  const facts = { running: seen?.running ?? null, silent: seen?.silent ?? null, bypass: seen?.bypass ?? null };
  const row = { agent, file, ...facts, lastSeen: seen?.lastSeen ?? null };
  try {
    const guard = hookGuard(program, file, commands);
    return { ...row, hook: hookState(program, file, commands), guard, problem: null };
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    return { ...row, hook: 'unreadable', guard: null, problem: error.message.split('\n')[0] ?? '' };
  }
}

/** Null without a service. */
async function coverageOf(context: Context): Promise<readonly AgentCoverage[] | null> {
  try {
    return (await callAdmin(context.places().socket, 'observe.status', {})).agents;
  } catch (error) {
    if (error instanceof CaroError && error.code === 'not_running') return null;
    throw error;
  }
}
