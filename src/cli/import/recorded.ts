import { existsSync } from 'node:fs';
import type { Places } from '../../config/places.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { decodeSpool, parseSpoolName } from '../../domain/spool/spool-record.ts';
import type { RecordedCommand } from '../../storage/events/recorded-commands.ts';
import type { HistoryEntry } from './history-entry.ts';
import { withoutRecorded } from './overlap.ts';

type RecordPlaces = Pick<Places, 'database' | 'spool'>;

/**
 * The entries that neither the database nor the spool has. A hook records a command before its
 * shell writes it into a history, so nothing of the history can be recorded later.
 *
 * @param shell null where the history may be of any shell
 */
export async function unrecorded(
  places: RecordPlaces,
  shell: ShellKind | null,
  entries: readonly HistoryEntry[],
): Promise<readonly HistoryEntry[]> {
  // First the spool, then the database: meanwhile a record can only move from one to the other.
  const waiting = await readSpool(places, shell);
  if (!existsSync(places.database)) {
    const commands = waiting.flatMap(({ bytes }) => commandsIn(bytes));
    return withoutRecorded(entries, { commands, slots: new Map() }, await masking(shell));
  }
  const [{ openReadOnly }, { committedOffsets, observedSlots, recordedCommands }] = await Promise.all([
    import('../../storage/database.ts'),
    import('../../storage/events/recorded-commands.ts'),
  ]);
  const database = openReadOnly(places.database);
  try {
    database.exec('BEGIN');
    const offsets = committedOffsets(database);
    const spooled = waiting.flatMap(({ name, bytes }) => commandsIn(bytes.subarray(offsets.get(name) ?? 0)));
    const commands = joined(recordedCommands(database, shell), spooled);
    return withoutRecorded(entries, { commands, slots: observedSlots(database, shell) }, await masking(shell));
  } finally {
    database.close();
  }
}

function* joined(stored: Iterable<RecordedCommand>, spooled: readonly RecordedCommand[]): Generator<RecordedCommand> {
  yield* stored;
  yield* spooled;
}

async function readSpool({ spool }: RecordPlaces, shell: ShellKind | null) {
  const { openSpoolFolder } = await import('../../storage/spool/spool-folder.ts');
  const folder = openSpoolFolder(spool, process.getuid?.() ?? 0);
  return folder.names().flatMap((name) => {
    const kind = parseSpoolName(name)?.shell;
    if (kind === undefined || (shell !== null && kind !== shell)) return [];
    const found = folder.read(name, 0, folder.size(name));
    return typeof found === 'string' ? [] : [{ name, bytes: found.bytes }];
  });
}

const commandsIn = (bytes: Buffer): readonly RecordedCommand[] =>
  decodeSpool(bytes).records.flatMap(({ type, text, startedAt }) =>
    type === 'end' || text === undefined || startedAt === undefined ? [] : [{ startMs: startedAt / 1_000, text }],
  );

/** Text as the service stores it. Loaded here, so that other commands start without the parser. */
async function masking(shell: ShellKind | null): Promise<(text: string) => string> {
  const [{ analyse }, { redact }] = await Promise.all([
    import('../../shell/analyse.ts'),
    import('../../shell/redact.ts'),
  ]);
  return (text) => redact(text, analyse(text, shell ?? 'bash')).text;
}
