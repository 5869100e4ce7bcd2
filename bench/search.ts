/**
 * Measures the search over the commands of a node: until the first list is there (the database is
 * opened and the newest commands are read), until all is read, and a keystroke once all is read.
 * The baseline is SQLite's LIKE over the same events.
 *
 *   npx tsx bench/search.ts [events] [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Results } from '../src/cli/search/results.ts';
import { openReadOnly } from '../src/storage/database.ts';
import { CommandHistory } from '../src/storage/events/command-history.ts';
import { report, round, summary } from './figures.ts';
import { storeEvents } from './stored-events.ts';

const TYPED = 'git push or';

function main(): void {
  const events = Number(process.argv[2] ?? 1_000_000);
  const rounds = Number(process.argv[3] ?? 10);
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const times: Record<'first' | 'all' | 'keystroke' | 'like', number[]> = {
    first: [],
    all: [],
    keystroke: [],
    like: [],
  };
  let texts = 0;
  try {
    storeEvents(home, events);
    const file = join(home, 'data', 'caro.db');
    for (let turn = 0; turn < rounds; turn += 1) {
      const begun = performance.now();
      const database = openReadOnly(file);
      const history = new CommandHistory(database, {});
      const results = new Results(history);
      history.more();
      results.search('');
      times.first.push(performance.now() - begun);
      while (results.follow() || history.more());
      times.all.push(performance.now() - begun);
      texts = history.commands.length;
      for (let length = 1; length <= TYPED.length; length += 1) {
        const pressed = performance.now();
        results.search(TYPED.slice(0, length));
        times.keystroke.push(performance.now() - pressed);
      }
      const asked = performance.now();
      database.prepare(`SELECT count(*) FROM event WHERE command LIKE '%git push%'`).get();
      times.like.push(performance.now() - asked);
      database.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  const figures = {
    events,
    texts,
    firstListMs: summary(times.first),
    allReadMs: summary(times.all),
    keystrokeMs: summary(times.keystroke),
    likeMs: summary(times.like),
    keystrokeOfLike: round(summary(times.keystroke).median / summary(times.like).median),
  };
  report('search', [figures]);
}

main();
