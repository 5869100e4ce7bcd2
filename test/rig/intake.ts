import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IntakePorts, SpoolIntake } from '../../src/actors/collector/spool-intake.ts';
import type { BusClient } from '../../src/bus/bus.ts';
import type { ObserveRules } from '../../src/domain/spool/observation.ts';
import { encodeSpoolRecord, type SpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { createEventStore, type EventStore } from '../../src/storage/events/event-store.ts';
import { createReader } from '../../src/storage/reader.ts';
import { openInHandNote } from '../../src/storage/spool/in-hand-note.ts';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { temporaryFolders } from './temporary-folder.ts';
import { testDatabase } from './test-database.ts';

/** Classifies everything as itself; what the real actors say is their own tests' matter. */
export const speaker: BusClient = {
  publish: () => Promise.resolve(),
  request: (kind, body) =>
    Promise.resolve(
      (body as readonly { command?: string }[]).map(({ command }) =>
        kind === 'command.classify'
          ? {
              analysis: {},
              text: command,
              redacted: false,
              tools: ['git'],
              category: 'vcs',
              pattern: { name: 'git', tool: 'git' },
            }
          : { level: 'safe', rules: [] },
      ) as never,
    ),
};

export const folder = temporaryFolders();
export const NOW = Date.parse('2026-03-04T12:00:00Z');
export const uid = process.getuid?.() ?? 0;

export const rateLong: IntakePorts['rateLong'] = ({ command }) =>
  Promise.resolve({
    classification: {
      text: command,
      redacted: false,
      tools: ['git'],
      category: 'vcs',
      pattern: { name: 'git', tool: 'git' },
    },
    rating: { level: 'safe', rules: [] },
  });

interface Rig {
  readonly spool: string;
  readonly intake: () => SpoolIntake;
  readonly commands: () => string[];
  readonly store: EventStore;
  readonly alive: Set<number>;
  readonly dropped: () => number;
  /** Sessions with a command whose end is still awaited. */
  readonly running: () => string[];
}

export function rig(
  more: Partial<IntakePorts> = {},
  rules: Partial<Omit<ObserveRules, 'shells'>> & { shells?: ('bash' | 'zsh' | 'sh')[] } = {},
): Rig {
  const spool = folder();
  const database = testDatabase(NOW);
  const store = createEventStore(database, 'host');
  const reader = createReader(database);
  const alive = new Set([1, 2, 3]);
  const ports: IntakePorts = {
    bus: speaker,
    rateLong,
    inHand: openInHandNote(join(folder(), 'in-hand')),
    onSetAside: () => undefined,
    spool: openSpoolFolder(spool, uid),
    store,
    projects: { namesOf: () => Promise.resolve(new Map()) },
    isProcess: () => true,
    isAlive: (pid) => alive.has(pid),
    now: () => NOW,
    ...more,
  };
  const observe = {
    shells: rules.shells ?? (['bash', 'zsh', 'sh'] as const),
    ignore: rules.ignore ?? [],
    pauses: rules.pauses ?? [],
    isPrivate: rules.isPrivate ?? (() => false),
    agents: rules.agents ?? true,
    redact: true,
  };
  return {
    spool,
    store,
    alive,
    intake: () => new SpoolIntake(ports, () => observe),
    commands: () => [...reader.listEvents({ limit: 10_000 })].sort((a, b) => a.id - b.id).map((event) => event.command),
    dropped: () => reader.counts().dropped,
    running: () =>
      database
        .prepare<[], string>('SELECT name FROM running JOIN session ON session.id = session_id ORDER BY 1')
        .pluck()
        .all(),
  };
}

export const start = (command: number, text = `echo ${command}`): Buffer =>
  encodeSpoolRecord({ type: 'start', command, startedAt: (NOW + command) * 1_000, granularity: 1, cwd: '/tmp', text });
export const end = (command: number): Buffer =>
  encodeSpoolRecord({
    type: 'end',
    command,
    endedAt: (NOW + command + 5) * 1_000,
    granularity: 1,
    status: 0,
  } satisfies SpoolRecord);
export const write = (path: string, name: string, ...records: readonly Buffer[]): void =>
  appendFileSync(join(path, name), Buffer.concat(records), { mode: 0o600 });

/** Reads the whole spool, as the collector does in many messages. */
export async function sweep(intake: SpoolIntake): Promise<void> {
  intake.beginSweep();
  while (intake.hasMore) await intake.next();
}
