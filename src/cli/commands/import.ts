import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import { loadConfiguration } from '../../config/loader.ts';
import { type Places, prepareSpool } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import { IMPORT_SOURCES, type ImportSource } from '../../domain/events/import-note.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import { openPauses } from '../../storage/spool/pause-files.ts';
import type { Context } from '../context.ts';
import { readAtuinHistory } from '../import/atuin.ts';
import { parseBashHistory } from '../import/bash.ts';
import { bookmarkOf, entriesAfter, readBookmarks, writeBookmarks } from '../import/bookmark.ts';
import {
  checkedHistory,
  datedHistory,
  type FaultCounts,
  HISTORY_FAULTS,
  type HistoryFault,
} from '../import/checked-history.ts';
import { parseFishHistory } from '../import/fish.ts';
import { finishImport, handOver } from '../import/hand-over.ts';
import type { HistoryEntry } from '../import/history-entry.ts';
import { unrecorded } from '../import/recorded.ts';
import { parseZshHistory } from '../import/zsh.ts';
import { isAccepted } from '../input/confirmation.ts';
import { say, sayJson } from '../output/output.ts';
import { shellOf } from '../shell-setup/rc-line.ts';

interface Options {
  readonly file?: string;
  readonly again?: true;
  readonly keepOld?: true;
  readonly json?: true;
}

export function addImport(program: Command, context: Context): void {
  program
    .command('import')
    .description('import commands from an existing history; skips what was imported or recorded before')
    .addArgument(new Argument('<source>', 'program that wrote the history').choices(IMPORT_SOURCES))
    .option('--file <file>', 'history file, if not at its usual path')
    .option('--again', 'consider everything again; skips only what is recorded')
    .option('--keep-old', 'keep commands older than retention.events_days, for that many days from now')
    .option('--json', 'print one JSON object')
    .action((source: ImportSource, options: Options) => importHistory(context, source, options));
}

async function importHistory(context: Context, source: ImportSource, options: Options): Promise<void> {
  const places = context.places();
  prepareSpool(places);
  const { file, changedMs } = found(options.file === undefined ? usualFile(context, source) : resolve(options.file));
  const { entries: all, faults } = checkedHistory(
    await read(source, file),
    context.now().getTime(),
    openPauses(places).read(),
  );
  const lock = await lockImports(places);
  try {
    const taken = await takeOver(context, { source, file, changedMs, all }, options);
    sayImported(context, options, { file, ...taken, faults });
  } finally {
    lock.release();
  }
}

interface History {
  readonly source: ImportSource;
  readonly file: string;
  readonly changedMs: number;
  readonly all: readonly HistoryEntry[];
}

interface Taken {
  /** Commands that were handed over, including those of an earlier import that was killed. */
  readonly imported: number;
  /** Commands that an earlier import had. */
  readonly skipped: number;
  /** Commands that a hook, or an earlier import, has recorded. */
  readonly recorded: number;
  /** Imported commands that are older than retention keeps commands. */
  readonly old: number;
  readonly kept: boolean;
}

async function takeOver(context: Context, history: History, options: Options): Promise<Taken> {
  const { source, file, changedMs, all } = history;
  const places = context.places();
  const key = `${source}:${file}`;
  const finished = finishImport(places);
  const before = finished?.key === key ? finished.count : 0;
  const isAgain = options.again === true && before === 0;
  const fresh = entriesAfter(all, isAgain ? undefined : readBookmarks(places.data)[key]);
  if (fresh === 'lost') {
    throw new CaroError(
      'usage',
      `${file}: expected to find where the last import ended, but the file has no times and was rewritten; import all of it: --again`,
    );
  }
  const shell = source === 'atuin' ? null : source;
  const entries = fresh.length === 0 ? fresh : await unrecorded(places, shell, fresh);
  const old = oldIn(context, entries, changedMs);
  const kept = old > 0 && (await keepsOld(context, old, entries.length, options));
  const one = {
    key,
    bookmark: bookmarkOf(all),
    source,
    shell: shell ?? shellOf(context.env),
    entries,
    kept,
    skipped: all.length - entries.length,
    nowMs: context.now().getTime(),
    endMs: changedMs,
  };
  if (entries.length > 0) handOver(places, one);
  else if (fresh.length > 0) writeBookmarks(places.data, { ...readBookmarks(places.data), [key]: one.bookmark });
  const skipped = all.length - fresh.length - before;
  return { imported: before + entries.length, skipped, recorded: fresh.length - entries.length, old, kept };
}

const eventsDays = (context: Context): number =>
  loadConfiguration(context.places(), context.hostname).configuration.retention.events_days;

/** Number of commands that retention would delete within a quarter of an hour. */
function oldIn(context: Context, entries: readonly HistoryEntry[], endMs: number): number {
  if (entries.length === 0) return 0;
  const firstMs = context.now().getTime() - eventsDays(context) * DAY_MS;
  return datedHistory(entries, endMs).filter(({ startMs }) => startMs < firstMs).length;
}

/** Says what happens to old commands before they are imported, and offers to keep them. */
async function keepsOld(context: Context, old: number, all: number, { keepOld, json }: Options): Promise<boolean> {
  if (keepOld === true) return true;
  const days = eventsDays(context);
  const out = json ? { ...context, stdout: context.stderr } : context;
  say(
    out,
    `${old} of ${all} commands are older than ${days} days (retention.events_days): within a quarter of an hour they are deleted, and only their figures stay.`,
  );
  if (!json && (await isAccepted(context, `Keep them for ${days} days from now?`))) return true;
  say(out, `They are not kept: --keep-old would keep them for ${days} days from now.`);
  return false;
}

type Result = Taken & { readonly file: string; readonly faults: FaultCounts };

function sayImported(context: Context, { json }: Options, result: Result): void {
  if (json) {
    sayJson(context, result);
    return;
  }
  const { file, imported, skipped, recorded, faults } = result;
  say(
    context,
    `${file}: ${imported} commands passed to the service, ${skipped} skipped because they were imported before, ${recorded} because they are recorded`,
  );
  for (const [fault, count] of Object.entries(faults))
    say(context, `${count} ${HISTORY_FAULTS[fault as HistoryFault]}`);
  say(context, 'Commands that begin with a space or match observe.ignore are not stored; secrets are masked.');
}

/** Two imports at once would both import the new commands. */
async function lockImports({ data }: Places): Promise<{ readonly release: () => void }> {
  const { lockInstance } = await import('../../storage/instance-lock.ts');
  try {
    return lockInstance(join(data, 'import.lock'));
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'already_running') throw error;
    throw new CaroError(
      'already_running',
      'expected no other caro import, one is running; try again when it has ended',
    );
  }
}

async function read(source: ImportSource, file: string): Promise<readonly HistoryEntry[]> {
  if (source === 'atuin') return readAtuinHistory(file);
  const parse = { bash: parseBashHistory, zsh: parseZshHistory, fish: parseFishHistory }[source];
  return parse(bytesOf(file));
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CaroError(
      'place_unusable',
      `${file}: expected a readable history file, got ${code}; name a readable copy with --file`,
      {
        cause: error,
      },
    );
  }
}

function usualFile({ env, home }: Context, source: ImportSource): string {
  const { HISTFILE: own, ZDOTDIR: zdotdir, XDG_DATA_HOME: xdg } = env;
  const data = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share');
  if (source === 'fish') return join(data, 'fish', 'fish_history');
  if (source === 'atuin') return join(data, 'atuin', 'history.db');
  // HISTFILE is that of the shell which runs this, if it is exported at all.
  if (own !== undefined && own !== '' && shellOf(env) === source) return own;
  return source === 'bash' ? join(home, '.bash_history') : join(zdotdir ?? home, '.zsh_history');
}

function found(file: string): { readonly file: string; readonly changedMs: number } {
  const facts = statSync(file, { throwIfNoEntry: false });
  if (!facts?.isFile()) {
    throw new CaroError('not_found', `${file}: expected a history file, found none; name it with --file`);
  }
  return { file: realpathSync(file), changedMs: Math.floor(facts.mtimeMs) };
}
