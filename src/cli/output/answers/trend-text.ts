import { changeInPercent, rateText } from '../../../domain/trends/figure-text.ts';

/** Figures of trends as text; an unknown one is `unknown`, never 0. */

export const known = (value: number | null): string => (value === null ? 'unknown' : String(value));

export const perThousand = (rate: number | null): string => (rate === null ? 'unknown' : rateText(rate));

export const changed = (change: number | null): string => (change === null ? 'unknown' : changeInPercent(change));

export const daysText = (first: string, last: string): string => (first === last ? first : `${first} to ${last}`);
