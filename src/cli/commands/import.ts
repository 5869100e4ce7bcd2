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
    .description('take over the commands of an existing history; what was taken over before is left out')
    .addArgument(new Argument('<source>', 'whose history').choices(IMPORT_SOURCES))
    .option('--file <file>', 'where it is, if not in its usual place')
    .option('--again', 'take over all of it once more')
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
  /** All of it, whatever was taken over before. */
  readonly again: boolean;
}

/** How many commands were handed over, with those of an import that had been killed on the way. */
function takeOver(context: Context, { source, file, changedMs, all, again }: History): number {
  const places = context.places();
  const key = `${source}:${file}`;
  const finished = finishImport(places);
  const before = finished?.key === key ? finished.count : 0;
  const entries = entriesAfter(all, again && before === 0 ? undefined : readBookmarks(places.data)[key]);
  if (entries === 'lost') {
    throw new CaroError(
      'usage',
      `${file}: expected where the last import ended, it has no times and was rewritten; --again takes all of it`,
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
    `${result.file}: ${result.imported} commands handed to the service, ${result.skipped} were taken over before`,
  );
  say(context, 'Those that begin with a blank or match observe.ignore are left out; secrets are masked, as always.');
}

/** Two imports at once would both take what is new. */
async function lockImports({ data }: Places): Promise<{ readonly release: () => void }> {
  const { lockInstance } = await import('../../storage/instance-lock.ts');
  try {
    return lockInstance(join(data, 'import.lock'));
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'already_running') throw error;
    throw new CaroError(
      'already_running',
      'expected no other caro import to run, one does: try again when it has ended',
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
      `${file}: expected a history that can be read, got ${code}; name a copy of yours with --file`,
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
    throw new CaroError('not_found', `${file}: expected a history file, there is none; name it with --file`);
  }
  return { file: realpathSync(file), changedMs: Math.floor(facts.mtimeMs) };
}
