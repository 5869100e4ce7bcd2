import type { QueryResult } from '../../domain/answers/query.ts';
import type {
  AskedBy,
  KeptResult,
  SavedAnswer,
  SavedAnswerFilter,
  SavedAnswerLine,
} from '../../domain/answers/saved-answer.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';

interface LineRow {
  readonly seq: number;
  readonly until_ms: number;
  readonly type: QueryResult['type'];
  readonly span_hours: SavedAnswer['spanHours'];
  readonly asked_by: AskedBy;
  readonly floor: number;
  readonly targets: number;
  readonly contributors: number;
}

/** Aggregates that passed the floor: never changed, removed only by retention. */
export interface AnswerStore {
  readonly add: (answer: Omit<SavedAnswer, 'seq'>) => void;
  /** Newest first. */
  readonly list: (filter: SavedAnswerFilter) => readonly SavedAnswerLine[];
  readonly read: (seq: number) => SavedAnswer | undefined;
  /** Removes those whose span ended before `beforeMs`. */
  readonly prune: (beforeMs: number) => void;
}

const DEFAULT_LIMIT = 100;
const COLUMNS = 'seq, until_ms, type, span_hours, asked_by, floor, targets, contributors';

export function createAnswerStore(database: Database): AnswerStore {
  return {
    add: ({ askedBy, spanHours, floor, result }) => {
      const { until, type, targets, contributors } = result;
      database
        .prepare(`INSERT INTO saved_answer (${COLUMNS}, result) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)`)
        .run(Date.parse(until), type, spanHours, askedBy, floor, targets.length, contributors, JSON.stringify(result));
    },
    list: ({ type = null, spanHours = null, before = null, limit = DEFAULT_LIMIT }) =>
      (
        database
          .prepare(
            `SELECT ${COLUMNS} FROM saved_answer WHERE seq < coalesce(@before, 9e15) AND (@type IS NULL OR type = @type)
             AND (@spanHours IS NULL OR span_hours = @spanHours) ORDER BY seq DESC LIMIT @limit`,
          )
          .all({ type, spanHours, before, limit }) as LineRow[]
      ).map(lineOf),
    read: (seq) => {
      const row = database
        .prepare('SELECT seq, asked_by, span_hours, floor, result FROM saved_answer WHERE seq = ?')
        .get(seq) as (LineRow & { readonly result: string }) | undefined;
      return (
        row && {
          seq,
          askedBy: row.asked_by,
          spanHours: row.span_hours,
          floor: row.floor,
          result: JSON.parse(row.result) as KeptResult,
        }
      );
    },
    prune: (beforeMs) => {
      database.prepare('DELETE FROM saved_answer WHERE until_ms < ?').run(beforeMs);
    },
  };
}

const lineOf = (row: LineRow): SavedAnswerLine => ({
  seq: row.seq,
  askedBy: row.asked_by,
  spanHours: row.span_hours,
  floor: row.floor,
  type: row.type,
  until: isoTime(row.until_ms),
  targets: row.targets,
  contributors: row.contributors,
});
