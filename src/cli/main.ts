import { Command, CommanderError } from 'commander';
import { CaroError, ERRORS } from '../domain/errors.ts';
import { isFullDisk } from '../platform/files/full-disk.ts';
import { VERSION } from '../version.ts';
import { addAdvisory } from './commands/advisory.ts';
import { addAgents } from './commands/agents.ts';
import { addAlerts } from './commands/alerts.ts';
import { addAssess } from './commands/assess.ts';
import { addAudit } from './commands/audit.ts';
import { addBlind } from './commands/blind.ts';
import { addCompletion } from './commands/completion.ts';
import { addConfig } from './commands/config.ts';
import { addDashboard } from './commands/dashboard.ts';
import { addDb } from './commands/db.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEgress } from './commands/egress.ts';
import { addEvents } from './commands/events.ts';
import { addFleet } from './commands/fleet.ts';
import { addGuard } from './commands/guard.ts';
import { addIdentity } from './commands/identity.ts';
import { addImport } from './commands/import.ts';
import { addInit } from './commands/init.ts';
import { addMesh } from './commands/mesh.ts';
import { addMetrics } from './commands/metrics.ts';
import { addOrg } from './commands/org.ts';
import { addPause } from './commands/pause.ts';
import { addPeers } from './commands/peers.ts';
import { addPosture } from './commands/posture.ts';
import { addReload } from './commands/reload.ts';
import { addReport } from './commands/report.ts';
import { addRules } from './commands/rules.ts';
import { addSearch } from './commands/search.ts';
import { addService } from './commands/service.ts';
import { addSharing } from './commands/sharing.ts';
import { addShell } from './commands/shell.ts';
import { addStats } from './commands/stats.ts';
import { addStatus } from './commands/status.ts';
import { addSummary } from './commands/summary.ts';
import { addTrust } from './commands/trust.ts';
import { addWork } from './commands/work.ts';
import { type Context, processContext } from './context.ts';
import { addHelp } from './help.ts';
import { harmlessLines, say, sayJson } from './output/output.ts';

/** In the order of `caro --help`. */
const COMMANDS: readonly ((program: Command, context: Context) => void)[] = [
  addInit,
  addService,
  addStatus,
  addMetrics,
  addDoctor,
  addReload,
  addConfig,
  addShell,
  addAgents,
  addPause,
  addImport,
  addEvents,
  addSearch,
  addStats,
  addWork,
  addAssess,
  addRules,
  addGuard,
  addSummary,
  addSharing,
  addIdentity,
  addPeers,
  addTrust,
  addMesh,
  addBlind,
  addPosture,
  addFleet,
  addReport,
  addAlerts,
  addAdvisory,
  addOrg,
  addEgress,
  addAudit,
  addDb,
  addDashboard,
  addCompletion,
  addVersion,
];

/** The whole command line. Completions are generated from it. */
export function createProgram(context: Context): Command {
  const program = new Command('caro')
    .description('Observes your shells, rates the risk of commands, and answers a trusted mesh with summaries only.')
    .version(VERSION, '-V, --version', 'print the version')
    .showHelpAfterError('(see: caro --help)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(harmlessLines(text)),
    });
  for (const add of COMMANDS) add(program, context);
  addHelp(program);
  return program;
}

/**
 * Runs one command line (`args` without node and script) and resolves with the exit code: 0 ok,
 * 1 failed, 2 usage (docs/design.md §10). An error is one line on stderr. CARO_DEBUG adds the
 * stack trace of an internal error.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  // A closed pipe (`| head`) is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  let code = 0;
  const context = processContext(interrupt.signal, (kind) => {
    code = kind === undefined ? 1 : ERRORS[kind].exit;
  });
  const ended = await runWith(context, args);
  return ended === 0 ? code : ended;
}

/** `runCli` with the context of the caller. */
export async function runWith(context: Context, args: readonly string[]): Promise<number> {
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return failure(context, error);
  }
}

function failure({ env, stderr }: Context, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CaroError) {
    stderr.write(`caro: ${harmlessLines(error.message)}\n`);
    return error.exitCode;
  }
  if (isInstallation(error)) throw error;
  // Only the kind is shown: the message may quote a command.
  const kind = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : 'unknown';
  if (isFullDisk(error)) {
    stderr.write(`caro: expected to write a file, the disk is full or read-only (${kind}): free some space\n`);
    return ERRORS.disk_full.exit;
  }
  stderr.write(`caro: internal error: ${harmlessLines(kind)} (CARO_DEBUG=1 prints the stack trace)\n`);
  if (env['CARO_DEBUG'] !== undefined && env['CARO_DEBUG'] !== '')
    stderr.write(`${harmlessLines(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  return 1;
}

function addVersion(program: Command, context: Context): void {
  program
    .command('version')
    .description('print the version')
    .option('--json', 'print one JSON object')
    .action((options: { readonly json?: true }) => {
      if (options.json) sayJson(context, { version: VERSION, node: process.versions.node });
      else say(context, VERSION);
    });
}

/** A binding that is missing or cannot be loaded: bin/caro.js knows what to do. */
const isInstallation = (error: unknown): boolean =>
  error instanceof Error &&
  (['ERR_DLOPEN_FAILED', 'MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '') || 'tries' in error);
