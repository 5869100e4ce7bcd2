/**
 * Measures the search over the commands of a node: until the first list is there (the database is
 * opened, commands that wait in the spool are looked for, and the newest are read), until all is
 * read, and a keystroke once all is read. `waiting` commands are in the spool, as after a time
 * without the service. One round before the others loads the code, which is translated here and is
 * not in the built program; `programMs` is that program from its start to the end of a list.
 * The baseline is SQLite's LIKE over the same events.
 *
 *   npx tsx bench/search.ts [events] [rounds] [waiting]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Results } from '../src/cli/search/results.ts';
import { waitingCommands } from '../src/cli/search/waiting-commands.ts';
import { placesFrom } from '../src/config/places.ts';
import { encodeSpoolRecord } from '../src/domain/spool/spool-record.ts';
import { openReadOnly } from '../src/storage/database.ts';
import { CommandHistory } from '../src/storage/events/command-history.ts';
import { CARO, homeEnvironment } from '../test/rig/service.ts';
import { report, round, summary } from './parts/figures.ts';
import { storeEvents } from './parts/stored-events.ts';

const TYPED = 'git push or';

async function main(): Promise<void> {
  const events = Number(process.argv[2] ?? 1_000_000);
  const rounds = Number(process.argv[3] ?? 10);
  const waiting = Number(process.argv[4] ?? 0);
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const times: Record<'first' | 'all' | 'keystroke' | 'like' | 'program', number[]> = {
    first: [],
    all: [],
    keystroke: [],
    like: [],
    program: [],
  };
  let texts = 0;
  try {
    storeEvents(home, events);
    const places = placesFrom({ CARO_HOME: home }, home);
    spool(places.spool, waiting);
    const file = join(home, 'data', 'caro.db');
    for (let turn = -1; turn < rounds; turn += 1) {
      if (turn === 0) for (const figures of Object.values(times)) figures.length = 0;
      const begun = performance.now();
      const database = openReadOnly(file);
      const unread = await waitingCommands({ places: () => places, home }, database);
      const history = new CommandHistory(database, {}, unread);
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
      const started = performance.now();
      spawnSync(CARO, ['search', '--limit', '20'], { env: homeEnvironment(home) });
      times.program.push(performance.now() - started);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  const figures = {
    events,
    waiting,
    texts,
    firstListMs: summary(times.first),
    programMs: summary(times.program),
    allReadMs: summary(times.all),
    keystrokeMs: summary(times.keystroke),
    likeMs: summary(times.like),
    keystrokeOfLike: round(summary(times.keystroke).median / summary(times.like).median),
  };
  report('search', [figures]);
}

/** One file of a shell that has ended. */
function spool(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const records = Array.from({ length: count }, (_, command) => {
    const at = (Date.now() + command) * 1_000;
    const times = { startedAt: at, endedAt: at, granularity: 1 };
    return encodeSpoolRecord({ type: 'both', command, ...times, status: 0, text: `make target-${command} V=1` });
  });
  if (count > 0)
    writeFileSync(join(folder, `bash.999999.${Date.now() * 1_000}.0`), Buffer.concat(records), { mode: 0o600 });
}

void main();
