import type { MarkEffect } from '../../../domain/trends/effect.ts';
import { changeInPercent, rateText } from '../../../domain/trends/figure-text.ts';

/** Figures of trends as text; an unknown one is `unknown`, never 0. */

export const known = (value: number | null): string => (value === null ? 'unknown' : String(value));

export const perThousand = (rate: number | null): string => (rate === null ? 'unknown' : rateText(rate));

export const changed = (change: number | null): string => (change === null ? 'unknown' : changeInPercent(change));

/** A rate beside the one before it; `before` names the time, such as `in the 7 days before`. */
export const againstText = (
  {
    rate,
    before,
    change,
  }: { readonly rate: number | null; readonly before: number | null; readonly change: number | null },
  time: string,
): string =>
  before === null
    ? `${perThousand(rate)} risky commands per 1,000; unknown ${time}`
    : `${perThousand(rate)} risky commands per 1,000, ${perThousand(before)} ${time} (${changed(change)})`;

/** What a mark has changed. */
export const effectText = ({ before, after, change }: MarkEffect): string =>
  before === null || after === null
    ? 'too little is known before or after it'
    : `${perThousand(before)} before, ${perThousand(after)} after (${changed(change)})`;

export const daysText = (first: string, last: string): string => (first === last ? first : `${first} to ${last}`);
