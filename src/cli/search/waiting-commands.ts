/**
 * Commands that wait in the spool while the service is off. They are shown as it would store them,
 * except for the rules of an organization.
 */

import { isListening } from '../../admin/client.ts';
import { HUMAN } from '../../domain/events/author.ts';
import type { RawCommand } from '../../domain/spool/observation.ts';
import { decodeSpool, parseSpoolName, type SpoolName } from '../../domain/spool/spool-record.ts';
import type { Database } from '../../storage/database.ts';
import type { PastCommand, WaitingCommand, WaitingCommands } from '../../storage/events/command-history.ts';
import { committedOffsets } from '../../storage/events/recorded-commands.ts';
import { openSpoolFolder, type SpoolBytes } from '../../storage/spool/spool-folder.ts';
import type { Context } from '../context.ts';

/** Of a file: what follows is found once the service has read it. */
const MAX_BYTES = 1024 * 1024;
/** The newest are kept. */
const MAX_COMMANDS = 1_000;
/** Characters of a command; the service rates longer ones in a thread. */
const MAX_LENGTH = 4 * 1024;

interface WaitingFile {
  readonly file: SpoolName;
  readonly found: SpoolBytes;
}

/**
 * Newest first; each is masked and rated when it is first read. None where the configuration is
 * invalid, as it is then unknown what is private.
 */
export async function waitingCommands(
  context: Pick<Context, 'places' | 'home'>,
  database: Database,
): Promise<WaitingCommands> {
  const files = unreadFiles(context.places().spool, database);
  // A service that runs reads within moments what a shell has just written.
  if (files.length === 0 || (await isListening(context.places().socket))) return [];
  const { observed, redact } = await observedIn(context, files);
  const newest = observed.sort((a, b) => b.raw.startMs - a.raw.startMs).slice(0, MAX_COMMANDS);
  const [{ createProjectNames }, read] = await Promise.all([
    import('../../platform/project-names.ts'),
    reader(context.home, redact),
  ]);
  const names = await createProjectNames(Date.now).namesOf(newest.flatMap(({ raw }) => raw.cwd ?? []));
  const known = new Map<Waiting, WaitingCommand>();
  return {
    length: newest.length,
    at: (place) => {
      const one = newest[place];
      if (one === undefined) return undefined;
      const { raw, exitCode, shellPid } = one;
      const command = known.get(one) ?? {
        timeMs: raw.startMs,
        cwd: raw.cwd,
        exitCode,
        shellPid,
        author: raw.agent?.name ?? HUMAN,
        ...read(raw),
        project: raw.cwd === null ? null : (names.get(raw.cwd) ?? null),
      };
      known.set(one, command);
      return command;
    },
  };
}

function unreadFiles(spool: string, database: Database): readonly WaitingFile[] {
  const folder = openSpoolFolder(spool, process.getuid?.() ?? 0);
  const offsets = committedOffsets(database);
  return folder.names().flatMap((name) => {
    const file = parseSpoolName(name);
    const from = offsets.get(name) ?? 0;
    if (!file || folder.size(name) <= from) return [];
    const found = folder.read(name, from, MAX_BYTES);
    return typeof found === 'string' || found.bytes.length === 0 ? [] : [{ file, found }];
  });
}

interface Waiting {
  readonly raw: RawCommand;
  readonly exitCode: number | null;
  readonly shellPid: number | null;
}

async function observedIn(
  { places, home }: Pick<Context, 'places' | 'home'>,
  files: readonly WaitingFile[],
): Promise<{ readonly observed: Waiting[]; readonly redact: boolean }> {
  const [{ loadConfiguration }, { privatePlaces }, { openPauses }, { observe, timed }] = await Promise.all([
    import('../../config/loader.ts'),
    import('../../platform/files/private-places.ts'),
    import('../../storage/spool/pause-files.ts'),
    import('../../domain/spool/observation.ts'),
  ]);
  const { configuration } = loadConfigurationOrNone(() => loadConfiguration(places(), ''));
  if (!configuration) return { observed: [], redact: true };
  const { observe: rules, agents } = configuration;
  const isPrivate = privatePlaces(rules.private, home);
  const given = { ...rules, agents: agents.observe, isPrivate, pauses: openPauses(places()).read() };
  const all = files.map(({ file, found }) => {
    const records = decodeSpool(found.bytes).records.map((record) => timed(record, found.writtenMs));
    return { file, ...observe(file, records, given, Date.now()) };
  });
  const keyOf = ({ key }: Pick<RawCommand, 'key'>): string => `${key.session} ${key.command}`;
  // An agent's command begins in one file and ends in another.
  const ends = new Map(all.flatMap(({ finished }) => finished.map((one) => [keyOf(one), one.exitCode] as const)));
  const observed = all.flatMap(({ file, begun }) =>
    begun
      .filter(({ command }) => command.length <= MAX_LENGTH)
      .map((raw) => ({ raw, exitCode: ends.get(keyOf(raw)) ?? null, shellPid: raw.agent ? null : file.pid })),
  );
  return { observed, redact: rules.redact };
}

function loadConfigurationOrNone<T>(load: () => T): T | { readonly configuration: undefined } {
  try {
    return load();
  } catch {
    return { configuration: undefined };
  }
}

/** Masks and rates. */
async function reader(
  home: string,
  masks: boolean,
): Promise<(raw: RawCommand) => Pick<PastCommand, 'text' | 'risk' | 'rules'>> {
  const [{ analyse }, { redact }, { assess }] = await Promise.all([
    import('../../shell/analyse.ts'),
    import('../../shell/redact.ts'),
    import('../../risk/assess.ts'),
  ]);
  return ({ command, shell, cwd }) => {
    const analysis = analyse(command, shell);
    const { level, findings } = assess(analysis, { home, ...(cwd === null ? {} : { cwd }) });
    return {
      text: masks ? redact(command, analysis).text : command,
      risk: level,
      rules: findings.map(({ rule }) => rule),
    };
  };
}
