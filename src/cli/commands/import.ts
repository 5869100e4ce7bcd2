import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import { type Places, prepareSpool } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import { IMPORT_SOURCES, type ImportSource } from '../../domain/events/import-note.ts';
import type { Context } from '../context.ts';
import { readAtuinHistory } from '../import/atuin.ts';
import { parseBashHistory } from '../import/bash.ts';
import { bookmarkOf, entriesAfter, readBookmarks } from '../import/bookmark.ts';
import { parseFishHistory } from '../import/fish.ts';
import { finishImport, handOver } from '../import/hand-over.ts';
import type { HistoryEntry } from '../import/history-entry.ts';
import { parseZshHistory } from '../import/zsh.ts';
import { say, sayJson } from '../output/output.ts';
import { shellOf } from '../shell-setup/rc-line.ts';

interface Options {
  readonly file?: string;
  readonly again?: true;
  readonly json?: true;
}

export function addImport(program: Command, context: Context): void {
  program
    .command('import')
    .description('import commands from an existing history; skips what was imported before')
    .addArgument(new Argument('<source>', 'program that wrote the history').choices(IMPORT_SOURCES))
    .option('--file <file>', 'history file, if not at its usual path')
    .option('--again', 'import everything again')
    .option('--json', 'print one JSON object')
    .action((source: ImportSource, options: Options) => importHistory(context, source, options));
}

async function importHistory(context: Context, source: ImportSource, options: Options): Promise<void> {
  const places = context.places();
  prepareSpool(places);
  const { file, changedMs } = found(options.file === undefined ? usualFile(context, source) : resolve(options.file));
  const all = (await read(source, file)).filter(({ text }) => !text.includes('\0'));
  const lock = await lockImports(places);
  try {
    const imported = takeOver(context, { source, file, changedMs, all, again: options.again === true });
    sayImported(context, options, { file, imported, skipped: all.length - imported });
  } finally {
    lock.release();
  }
}

interface History {
  readonly source: ImportSource;
  readonly file: string;
  readonly changedMs: number;
  readonly all: readonly HistoryEntry[];
  /** Includes what was imported before. */
  readonly again: boolean;
}

/**
 * Returns how many commands were handed over, including those of an earlier import that was killed.
 */
function takeOver(context: Context, { source, file, changedMs, all, again }: History): number {
  const places = context.places();
  const key = `${source}:${file}`;
  const finished = finishImport(places);
  const before = finished?.key === key ? finished.count : 0;
  const entries = entriesAfter(all, again && before === 0 ? undefined : readBookmarks(places.data)[key]);
  if (entries === 'lost') {
    throw new CaroError(
      'usage',
      `${file}: expected to find where the last import ended, but the file has no times and was rewritten; import all of it: --again`,
    );
  }
  if (entries.length > 0) {
    handOver(places, {
      key,
      bookmark: bookmarkOf(all),
      source,
      shell: source === 'atuin' ? shellOf(context.env) : source,
      entries,
      skipped: all.length - entries.length,
      nowMs: context.now().getTime(),
      endMs: changedMs,
    });
  }
  return before + entries.length;
}

function sayImported(
  context: Context,
  { json }: Options,
  result: { readonly file: string; readonly imported: number; readonly skipped: number },
): void {
  if (json) {
    sayJson(context, result);
    return;
  }
  say(
    context,
    `${result.file}: ${result.imported} commands passed to the service, ${result.skipped} skipped because they were imported before`,
  );
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
