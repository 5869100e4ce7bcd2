import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import { prepareSpool } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import type { ShellKind } from '../../domain/shell-kind.ts';
import type { Context } from '../context.ts';
import { readAtuinHistory } from '../import/atuin.ts';
import { parseBashHistory } from '../import/bash.ts';
import { bookmarkOf, entriesAfter, readBookmarks, writeBookmarks } from '../import/bookmark.ts';
import { parseFishHistory } from '../import/fish.ts';
import type { HistoryEntry } from '../import/history-entry.ts';
import { spoolEntries } from '../import/spool-writer.ts';
import { parseZshHistory } from '../import/zsh.ts';
import { say, sayJson } from '../output.ts';
import { shellOf } from '../rc-line.ts';

const SOURCES = ['bash', 'zsh', 'fish', 'atuin'] as const;
type Source = (typeof SOURCES)[number];

interface Options {
  readonly file?: string;
  readonly again?: true;
  readonly json?: true;
}

export function addImport(program: Command, context: Context): void {
  program
    .command('import')
    .description('take over the commands of an existing history; what was taken over before is left out')
    .addArgument(new Argument('<source>', 'whose history').choices(SOURCES))
    .option('--file <file>', 'where it is, if not in its usual place')
    .option('--again', 'take over all of it once more')
    .option('--json', 'print one JSON object')
    .action((source: Source, options: Options) => importHistory(context, source, options));
}

async function importHistory(context: Context, source: Source, options: Options): Promise<void> {
  const places = context.places();
  prepareSpool(places);
  const { file, changedMs } = found(options.file === undefined ? usualFile(context, source) : resolve(options.file));
  const all = (await read(source, file)).filter(({ text }) => !text.includes('\0'));
  const bookmarks = readBookmarks(places.data);
  const key = `${source}:${file}`;
  const entries = entriesAfter(all, options.again ? undefined : bookmarks[key]);
  if (entries === 'lost') {
    throw new CaroError(
      'usage',
      `${file}: expected where the last import ended, it has no times and was rewritten; --again takes all of it`,
    );
  }
  const shell: ShellKind = source === 'atuin' ? shellOf(context.env) : source;
  spoolEntries(places.spool, shell, entries, context.now().getTime(), changedMs);
  if (all.length > 0) writeBookmarks(places.data, { ...bookmarks, [key]: bookmarkOf(all) });
  const result = { file, imported: entries.length, skipped: all.length - entries.length };
  if (options.json) sayJson(context, result);
  else {
    say(
      context,
      `${file}: ${result.imported} commands handed to the service, ${result.skipped} were taken over before`,
    );
    say(context, 'Those that begin with a blank or match observe.ignore are left out; secrets are masked, as always.');
  }
}

async function read(source: Source, file: string): Promise<readonly HistoryEntry[]> {
  if (source === 'atuin') return readAtuinHistory(file);
  const parse = { bash: parseBashHistory, zsh: parseZshHistory, fish: parseFishHistory }[source];
  return parse(readFileSync(file));
}

function usualFile({ env, home }: Context, source: Source): string {
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
