import { type Command, InvalidArgumentError } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { type LoadedConfiguration, loadConfiguration } from '../../config/loader.ts';
import { CaroError } from '../../domain/errors.ts';
import type { SharingLevel } from '../../domain/policy/trust.ts';
import type { Context } from '../context.ts';
import { asking, type Consent, isConfirmed } from '../input/confirmation.ts';
import { changeSettings, sayForce } from '../input/settings-change.ts';
import { vectorLines } from '../output/answers/vector-lines.ts';
import { configurationWarnings } from '../output/configuration-warnings.ts';
import { say, sayJson } from '../output/output.ts';

const WHAT: Readonly<Record<SharingLevel, string>> = {
  0: 'nothing leaves this machine',
  1: 'signed summaries and aggregates may leave, to nodes that you trust; never a command',
  2: 'only aggregates may leave, to nodes that you trust; no summaries, never a command',
};

export function addSharing(program: Command, context: Context): void {
  const sharing = program.command('sharing').description('what may leave this machine');
  sharing
    .command('status')
    .description('print the level and the file that sets it')
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly json?: true }) => {
      const shown = facts(context, loadConfiguration(context.places(), context.hostname));
      const warnings = await configurationWarnings(context);
      if (options.json) sayJson(context, { ...shown, warnings });
      else sayStatus(context, shown, warnings);
    });
  sharing
    .command('preview')
    .description('print what would leave: a daily summary (level 1), or the vectors of all queries (level 2)')
    .option('--level <level>', '1 or 2', parseLevel, 1)
    .option('--json', 'print one JSON object')
    .action(async ({ level, json }: { readonly level: 1 | 2; readonly json?: true }) => {
      const { shown, lines } = await preview(context, level);
      if (json) sayJson(context, shown);
      else for (const line of lines) say(context, line);
    });
  asking(sharing.command('enable'), context)
    .description('allow summaries (level 1) or only aggregates (level 2) to leave; shows a preview first')
    .option('--level <level>', '1 or 2', parseLevel, 1)
    .action((options: Consent & { readonly level: 1 | 2 }) => enable(context, options));
  sharing
    .command('disable')
    .description('stop all sharing')
    .action(() => disable(context));
}

function facts(context: Context, { configuration, managed }: LoadedConfiguration) {
  const { config, managed: managedFile } = context.places();
  const { level, deny_tools } = configuration.sharing;
  const decidedBy = managed.sharing.level === undefined ? config : managedFile;
  return { level, decidedBy, denyTools: deny_tools, mesh: configuration.mesh.enabled };
}

function sayStatus(
  context: Context,
  { level, decidedBy, denyTools, mesh }: ReturnType<typeof facts>,
  warnings: readonly string[],
): void {
  say(context, `level ${level}: ${WHAT[level]}`);
  say(context, `set in ${decidedBy}`);
  if (denyTools.length > 0) say(context, `never counted: ${denyTools.join(', ')}`);
  if (!mesh) say(context, 'The mesh is off, so nothing leaves at any level.');
  for (const warning of warnings) say(context, `Warning: ${warning}`);
}

/** Consent requires a preview, which is shown first. The service rejects consent without it. */
async function enable(context: Context, { level, yes }: Consent & { readonly level: 1 | 2 }): Promise<void> {
  const { socket } = context.places();
  say(context, `With level ${level}, ${WHAT[level]}.`);
  const { lines, digest } = await preview(context, level);
  for (const line of lines) say(context, line);
  if (!(await isConfirmed(context, 'Allow this?', { yes }))) return;
  await callAdmin(socket, 'settings.change', { set: 'sharing', level, preview: digest });
  sayLevel(context, level, true);
}

interface Preview {
  /** As it would leave, for JSON. */
  readonly shown: unknown;
  readonly lines: readonly string[];
  readonly digest: string;
}

async function preview(context: Context, level: 1 | 2): Promise<Preview> {
  const { socket } = context.places();
  try {
    return level === 1 ? await summaryPreview(socket) : await vectorPreview(socket);
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'not_running') throw error;
    throw new CaroError(
      'not_running',
      'expected a running service, because what would leave has to be seen first; start it: caro service start. A level set by hand under [sharing] in caro.toml is also consent',
    );
  }
}

async function summaryPreview(socket: string): Promise<Preview> {
  const { document, digest } = await callAdmin(socket, 'summary.preview', { period: 'daily' });
  const lines = [
    'Preview of a daily summary:',
    Buffer.from(document.payload, 'base64').toString('utf8'),
    'Nodes that may ask you get figures of the same kinds over up to 30 days; aggregates: caro sharing preview --level 2',
  ];
  return { shown: document, lines, digest };
}

async function vectorPreview(socket: string): Promise<Preview> {
  const { vectors, digest } = await callAdmin(socket, 'aggregates.preview', {}, VECTORS_MS);
  const lines = [
    'Preview of the answers to all queries over the longest span, as they would leave now:',
    ...vectors.flatMap(vectorLines),
    'The program of the asker adds them to those of other nodes. An asker can still find out the figures of one node: see docs/privacy.md.',
  ];
  return { shown: { vectors }, lines, digest };
}

/** Anomalies are found in a year of history. */
const VECTORS_MS = 120_000;

/** Takes effect at once, also while no service runs. */
async function disable(context: Context): Promise<void> {
  const { isInForce } = await changeSettings(context, { set: 'sharing', level: 0 });
  sayLevel(context, 0, isInForce);
}

function sayLevel(context: Context, level: SharingLevel, isInForce: boolean): void {
  say(context, `level ${level}: ${WHAT[level]}`);
  sayForce(context, isInForce);
}

function parseLevel(text: string): 1 | 2 {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('Expected 1 (summaries and aggregates) or 2 (aggregates only).');
}
