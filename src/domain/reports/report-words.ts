import { changeInPercent, rateText as figureText } from '../trends/figure-text.ts';
import type { Report } from './report.ts';

/** Figures of a report in words. What is not known is a dash, never a zero. */
export const DASH = '–';

export const rateText = (rate: number | null): string => (rate === null ? DASH : figureText(rate));

export const countText = (count: number | null): string => (count === null ? DASH : count.toLocaleString('en'));

/** `, of 10,000 members`; empty where their number is not known. */
export const ofMembers = ({ members }: Report['coverage']): string =>
  members === null ? '' : `, of ${countText(members)} ${members === 1 ? 'member' : 'members'}`;

export const changeText = (change: number | null): string => (change === null ? DASH : changeInPercent(change));

/** Said instead of a table, and at the top of a report, so that a dash is not taken for none. */
export const NO_FIGURES = 'There are no figures of this period.';

export const titleOf = ({ block }: { readonly block: string }): string =>
  block === 'organisation' ? 'Command-line risk' : `Command-line risk, ${block}`;

export const spanText = ({ first, last }: { readonly first: string; readonly last: string }): string =>
  first === last ? first : `${first} to ${last}`;
