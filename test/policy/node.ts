import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';
import type { StartedCommand } from '../../src/domain/events/event.ts';
import { createResponder, type Responder } from '../../src/policy/responder.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { readAnswerFigures } from '../../src/storage/readers/answer-reader.ts';
import { anomaliesOf } from '../../src/storage/readers/history-reader.ts';

/** A Wednesday noon, local time. */
export const NOW = new Date(2026, 7, 19, 12).getTime();

/** What is typed in a test; `tool` is the first word of the pattern. */
export interface Typed {
  readonly pattern: string;
  readonly family: string;
  readonly times: number;
  readonly risk?: StartedCommand['risk'];
  readonly rules?: readonly string[];
  readonly failing?: boolean;
  /** Minutes before now. */
  readonly ago?: number;
  readonly redacted?: boolean;
  /** Name of the coding agent that ran it. */
  readonly agent?: string;
}

export interface TestNode {
  readonly database: Database;
  readonly responder: Responder;
  readonly audited: readonly AuditEntry[];
  readonly type: (typed: readonly Typed[]) => void;
  /** Moves the node's clock on. */
  readonly pass: (ms: number) => void;
  readonly close: () => void;
}

/**
 * A node with a real database and a real responder; only its clock and its place in the mesh are
 * the test's.
 */
export function openNode(): TestNode {
  const folder = mkdtempSync(join(tmpdir(), 'caro-node-'));
  const { database } = openDatabase(join(folder, 'caro.db'), NOW);
  const store = createEventStore(database, 'host');
  const audited: AuditEntry[] = [];
  let nowMs = NOW;
  let typedSoFar = 0;
  const responder = createResponder({
    figures: (sinceMs, untilMs, denied) =>
      readAnswerFigures(database, sinceMs, untilMs, denied, () => anomaliesOf(database, sinceMs, untilMs, denied)),
    vocabulary: () => Promise.resolve(vocabulary()),
    audit: (entry) => Promise.resolve(audited.push(entry)),
    now: () => nowMs,
  });
  const started = (typed: Typed, command: number): StartedCommand => ({
    key: { session: 'bash.1', command },
    startMs: nowMs - (typed.ago ?? 30) * 60_000,
    shell: 'bash',
    command: `canary ${typed.pattern} /canary/path`,
    cwd: '/canary/cwd',
    tools: [typed.pattern.split(' ')[0] ?? ''],
    category: typed.family,
    pattern: { name: typed.pattern, tool: typed.pattern.split(' ')[0] ?? '' },
    risk: typed.risk ?? 'safe',
    rules: typed.rules ?? [],
    redacted: typed.redacted ?? false,
    ...(typed.agent === undefined ? {} : { agent: { name: typed.agent, approval: 'default' } }),
  });
  return {
    database,
    responder,
    audited,
    type: (all) => {
      const commands = all.flatMap((typed) =>
        Array.from({ length: typed.times }, () => {
          typedSoFar += 1;
          return { typed, start: started(typed, typedSoFar) };
        }),
      );
      store.commit({
        started: commands.map(({ start }) => start),
        finished: commands.map(({ typed, start }) => ({
          key: start.key,
          exitCode: typed.failing ? 1 : 0,
          durationMs: 100,
          endMs: null,
        })),
        ended: [],
        offsets: [],
        dropped: [],
        nowMs,
      });
    },
    pass: (ms) => {
      nowMs += ms;
    },
    close: () => {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}
