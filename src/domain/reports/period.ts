/** Periods of a report: whole weeks from Monday, months and quarters in UTC. */
import { dayText } from '../blind/total-series.ts';
import { DAY_MS } from '../time/period.ts';

export const REPORT_PERIODS = ['week', 'month', 'quarter'] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

/** Days of a span that ends with any day, as the page has them: whole weeks. */
const ROLLING_DAYS: Readonly<Record<ReportPeriod, number>> = { week: 7, month: 28, quarter: 91 };
const MONTHS = { month: 1, quarter: 3 } as const;

export interface ReportSpan {
  /** Last day, `YYYY-MM-DD`. */
  readonly until: string;
  readonly days: number;
}

export const rollingSpan = (period: ReportPeriod, until: string): ReportSpan => ({
  until,
  days: ROLLING_DAYS[period],
});

/** The last period that is over with the end of `newest`. */
export function closedSpan(period: ReportPeriod, newest: string): ReportSpan {
  const nextMs = Date.parse(`${newest}T00:00:00Z`) + DAY_MS;
  const next = new Date(nextMs);
  if (period === 'week') {
    const endMs = nextMs - ((next.getUTCDay() + 6) % 7) * DAY_MS;
    return spanOf(endMs - 7 * DAY_MS, endMs);
  }
  const months = MONTHS[period];
  const month = Math.floor(next.getUTCMonth() / months) * months;
  return spanOf(Date.UTC(next.getUTCFullYear(), month - months), Date.UTC(next.getUTCFullYear(), month));
}

const spanOf = (startMs: number, endMs: number): ReportSpan => ({
  until: dayText(endMs - DAY_MS),
  days: Math.round((endMs - startMs) / DAY_MS),
});
