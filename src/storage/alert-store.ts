import type { AlertCondition, AlertState, RaisedAlert } from '../domain/alerts/alert.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import type { Database } from './database.ts';

export interface AlertStore {
  /**
   * Durable when it returns. False where the rule has an alert of this UTC day already, or one
   * about figures that are as new.
   */
  readonly raise: (state: AlertState & { readonly value: number; readonly until: string }, nowMs: number) => boolean;
  /** Newest first. */
  readonly list: (limit: number) => readonly RaisedAlert[];
  /** Raised since then, but not sent, oldest first. */
  readonly unsent: (sinceDay: string) => readonly RaisedAlert[];
  readonly markSent: (alerts: readonly Pick<RaisedAlert, 'rule' | 'day'>[], nowMs: number) => void;
  readonly prune: (beforeDay: string) => void;
}

interface Row {
  readonly rule: string;
  readonly day: string;
  readonly until_day: string;
  readonly measure: string;
  readonly condition: AlertCondition;
  readonly bound: number;
  readonly value: number;
  readonly before: number | null;
  readonly days: number;
  readonly sent_ms: number | null;
}

export function createAlertStore(database: Database): AlertStore {
  const rows = (rest: string, ...values: readonly (string | number)[]): readonly RaisedAlert[] =>
    (database.prepare(`SELECT * FROM alert ${rest}`).all(...values) as Row[]).map(alertOf);
  return {
    raise: ({ rule, until, measure, condition, bound, value, before, days }, nowMs) => {
      const day = isoTime(nowMs).slice(0, 10);
      const { changes } = database
        .prepare(
          `INSERT OR IGNORE INTO alert SELECT @rule, @day, @until, @measure, @condition, @bound, @value, @before, @days, @nowMs, NULL
           WHERE NOT EXISTS (SELECT 1 FROM alert WHERE rule = @rule AND (until_day >= @until OR day >= @day))`,
        )
        .run({ rule, day, until, measure, condition, bound, value, before, days, nowMs });
      return changes > 0;
    },
    list: (limit) => rows('ORDER BY day DESC, rule LIMIT ?', limit),
    unsent: (sinceDay) => rows('WHERE sent_ms IS NULL AND day >= ? ORDER BY day, rule', sinceDay),
    markSent: (alerts, nowMs) => {
      const mark = database.prepare('UPDATE alert SET sent_ms = ? WHERE rule = ? AND day = ?');
      for (const { rule, day } of alerts) mark.run(nowMs, rule, day);
    },
    prune: (beforeDay) => {
      database.prepare('DELETE FROM alert WHERE day < ?').run(beforeDay);
    },
  };
}

const alertOf = (row: Row): RaisedAlert => ({
  rule: row.rule,
  day: row.day,
  until: row.until_day,
  measure: row.measure,
  condition: row.condition,
  bound: row.bound,
  value: row.value,
  before: row.before,
  days: row.days,
  sentAt: row.sent_ms === null ? null : isoTime(row.sent_ms),
});
