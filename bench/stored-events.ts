import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StartedCommand } from '../src/domain/event.ts';
import { openDatabase } from '../src/storage/database.ts';
import { createEventStore } from '../src/storage/event-store.ts';

const TOOLS = ['git', 'docker', 'npm', 'cargo', 'kubectl', 'vim', 'ls', 'grep'] as const;
const RISKS = ['safe', 'safe', 'safe', 'safe', 'safe', 'moderate', 'moderate', 'high'] as const;
const BATCH = 10_000;
const SPAN_MS = 28 * 86_400_000;
const SUBCOMMANDS = 25;

/** Fills the database of a home with events spread over [fromMs, fromMs + spanMs), the last four weeks unless told, through the store that the service uses. */
export function storeEvents(
  home: string,
  count: number,
  { fromMs, spanMs } = { fromMs: Date.now() - SPAN_MS, spanMs: SPAN_MS },
): Promise<void> {
  mkdirSync(join(home, 'data'), { recursive: true, mode: 0o700 });
  const { database } = openDatabase(join(home, 'data', 'caro.db'), Date.now());
  database.pragma('synchronous = off');
  const store = createEventStore(database, 'bench');
  for (let done = 0; done < count; done += BATCH) {
    const size = Math.min(BATCH, count - done);
    const started = Array.from({ length: size }, (_, index) =>
      event(done + index, fromMs + ((done + index) / count) * spanMs),
    );
    const finished = started.map(({ key, startMs }, index) => ({
      key,
      exitCode: index % 9 === 0 ? 1 : 0,
      durationMs: (index * 37) % 5_000,
      endMs: startMs,
    }));
    store.commit({ started, finished, ended: [], offsets: [], dropped: [], nowMs: Date.now() });
  }
  database.pragma('wal_checkpoint(truncate)');
  database.close();
  return Promise.resolve();
}

/** Two hundred patterns, the first of each tool far more often than the last; every one at every risk. */
function event(index: number, startMs: number): StartedCommand {
  const chance = (salt: number): number => mixed(index * 4 + salt) / 0x1_0000_0000;
  const tool = TOOLS[Math.floor(chance(1) * TOOLS.length)] ?? 'git';
  const risk = RISKS[Math.floor(chance(2) * RISKS.length)] ?? 'safe';
  const subcommand = Math.floor(SUBCOMMANDS * chance(3) ** 3);
  return {
    key: { session: `bash.${1_000 + (index % 20)}.1`, command: index },
    startMs: Math.floor(startMs),
    shell: 'bash',
    command: `${tool} do something with file-${index}.txt --flag value`,
    cwd: `/home/ada/project-${index % 50}`,
    tools: [tool],
    category: tool,
    pattern: { name: `${tool} ${subcommand}`, tool },
    risk,
    rules: risk === 'high' ? ['files.delete'] : [],
    redacted: false,
  };
}

/** 32 bits that look random, the same for the same number (the finalizer of MurmurHash3). */
function mixed(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
