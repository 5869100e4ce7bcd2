import type { Report } from './report.ts';

/** Figures of a report in words. What is not known is a dash, never a zero. */
export const DASH = '–';

export const rateText = (rate: number | null): string => (rate === null ? DASH : rate.toFixed(rate < 10 ? 2 : 1));

export const countText = (count: number | null): string => (count === null ? DASH : count.toLocaleString('en'));

/** `, of 10,000 members`; empty where their number is not known. */
export const ofMembers = ({ members }: Report['coverage']): string =>
  members === null ? '' : `, of ${countText(members)} ${members === 1 ? 'member' : 'members'}`;

/** `+12 %`, `−3 %`, `±0 %`. */
export function changeText(change: number | null): string {
  if (change === null) return DASH;
  const percent = Math.round(change * 100);
  if (percent === 0) return '±0 %';
  return percent > 0 ? `+${percent} %` : `−${-percent} %`;
}

export const titleOf = ({ block }: { readonly block: string }): string =>
  block === 'organisation' ? 'Command-line risk' : `Command-line risk, ${block}`;

export const spanText = ({ first, last }: { readonly first: string; readonly last: string }): string =>
  first === last ? first : `${first} to ${last}`;
