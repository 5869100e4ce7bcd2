import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { ownersSettings } from '../../config/guard-settings.ts';
import { prepareSpool } from '../../config/places.ts';
import { GUARD_LEVELS, type GuardLevel } from '../../domain/guard/guard.ts';
import { readGuardState, removeGuardState, writeGuardState } from '../../storage/events/guard-state.ts';
import type { Context } from '../context.ts';
import { localTime, say, sayJson } from '../output/output.ts';
import { refreshHookFiles } from '../shell-setup/hook-files.ts';

interface Json {
  readonly json?: true;
}

/** With and without the service: shells read a file. */
export function addGuard(program: Command, context: Context): void {
  const guard = program.command('guard').description('ask before a dangerous command runs (bash, zsh, fish)');
  guard
    .command('on')
    .description('let shells that start from now on ask before a dangerous line runs')
    .addOption(new Option('--level <level>', 'from this risk on').choices(GUARD_LEVELS).default('high'))
    .option('--json', 'print one JSON object')
    .action((options: Json & { readonly level: GuardLevel }) => switchOn(context, options));
  guard
    .command('off')
    .description('ask no more, in running shells too')
    .option('--json', 'print one JSON object')
    .action((options: Json) => switchOff(context, options));
  guard
    .command('status')
    .description('whether lines are guarded, and what the guard did')
    .option('--json', 'print one JSON object')
    .action((options: Json) => status(context, options));
  guard
    .command('check')
    .description('rate the line on stdin as the hook of a shell does; exit code 77: it must not run')
    .addOption(new Option('--shell <shell>', 'which shell').default('bash'))
    .addOption(new Option('--from <level>', 'from this risk on').choices(GUARD_LEVELS).default('high'))
    .action(() => undefined);
  guard
    .command('agent')
    .description('rate the command in the input of an agent’s hook, and answer as the agent expects')
    .argument('<name>', 'which agent')
    .addOption(new Option('--from <level>', 'from this risk on').choices(GUARD_LEVELS).default('high'))
    // `bin/caro.js` starts a smaller program for these two.
    .action(() => undefined);
}

async function switchOn(context: Context, { level, json }: Json & { readonly level: GuardLevel }): Promise<void> {
  const places = context.places();
  prepareSpool(places);
  const { settings, everyLine, trouble } = await ownersSettings(places, null);
  writeGuardState(places.spool, { from: level, failure: settings.on_failure, everyLine });
  refreshHookFiles(places);
  if (json) {
    sayJson(context, { on: true, level, onFailure: settings.on_failure });
    return;
  }
  say(context, `Shells that start from now on ask before a line of ${level} risk or more runs.`);
  say(context, 'bash, zsh and fish can do this; sh and its relatives have no key that could be asked.');
  if (trouble !== null) say(context, `Note: ${trouble}`);
}

function switchOff(context: Context, { json }: Json): void {
  const places = context.places();
  prepareSpool(places);
  removeGuardState(places.spool);
  refreshHookFiles(places);
  if (json) sayJson(context, { on: false });
  else say(context, 'No line is asked about any more.');
}

async function status(context: Context, { json }: Json): Promise<void> {
  const places = context.places();
  const state = readGuardState(places.spool);
  const acts = existsSync(places.database) ? await actsIn(places.database) : [];
  const counts = Object.fromEntries(DEEDS.map((did) => [did, acts.filter((act) => act.did === did).length]));
  const last = acts[0]?.time ?? null;
  if (json) {
    const level = state?.from ?? null;
    sayJson(context, { on: state !== null, level, onFailure: state?.failure ?? null, acts: counts, last });
    return;
  }
  if (state === null) say(context, 'The guard of your shells is off. To switch it on: caro guard on');
  else
    say(
      context,
      `The guard of your shells asks from ${state.from} risk on; if it fails, lines ${FAILS[state.failure]}.`,
    );
  if (last === null) {
    say(context, 'It has not acted yet.');
    return;
  }
  const words = DEEDS.filter((did) => (counts[did] ?? 0) > 0).map((did) => `${counts[did] ?? 0} ${WORDS[did]}`);
  say(context, `Commands of yours and of agents: ${words.join(', ')}; last ${localTime(last)}.`);
}

const DEEDS = ['asked', 'denied', 'ran', 'kept', 'failed-open'] as const;
const WORDS = {
  asked: 'passed to an agent’s user',
  denied: 'denied to an agent',
  ran: 'run after a question',
  kept: 'not run after a question',
  'failed-open': 'run because the guard failed',
} as const satisfies Record<(typeof DEEDS)[number], string>;
const FAILS = { open: 'run unasked', closed: 'do not run' } as const;
/** Acts that are counted, newest first. */
const COUNTED = 10_000;

async function actsIn(file: string): Promise<readonly { readonly did: unknown; readonly time: string }[]> {
  const [{ openReadOnly }, { createAuditStore }] = await Promise.all([
    import('../../storage/database.ts'),
    import('../../storage/audit/audit-store.ts'),
  ]);
  const database = openReadOnly(file);
  try {
    const records = createAuditStore(database).list({ type: 'guard.acted', limit: COUNTED });
    return records.map(({ details, time }) => ({ did: details['did'], time }));
  } finally {
    database.close();
  }
}
