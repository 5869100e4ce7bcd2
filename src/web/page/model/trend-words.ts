import { changeInPercent, rateText } from '../../../domain/trends/figure-text.ts';
import type { TREND_SPANS } from '../../../domain/trends/trend-answers.ts';

/** Figures of trends in words: an unknown figure is a dash, never a zero. */

export type TrendSpan = (typeof TREND_SPANS)[number];
export const TREND_SPAN_NAMES: Readonly<Record<TrendSpan, string>> = {
  7: '7 days',
  28: '4 weeks',
  91: '13 weeks',
  364: '1 year',
};
/** What the posture view shows first. */
export const FIRST_TREND = { days: 91, block: 'organisation' } as const;

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayOfYear = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
/** Days of releases are UTC, whatever the reader's time zone is. */
export const utcDay = (text: string): string => day.format(new Date(text));
export const utcDate = (text: string): string => dayOfYear.format(new Date(text));
export const utcDays = (first: string, last: string): string =>
  first === last ? utcDay(first) : `${utcDay(first)} – ${utcDay(last)}`;

/** Per 1,000. */
export const perThousand = (rate: number | null): string => (rate === null ? '–' : rateText(rate, undefined));

/** A relative change; smaller ones than half a percent are none. */
export const changed = (change: number | null): string => (change === null ? '–' : changeInPercent(change));

/** More risk is worse. */
export const toneOf = (change: number | null): 'worse' | 'better' | '' =>
  change === null || Math.abs(change) < 0.005 ? '' : change > 0 ? 'worse' : 'better';
