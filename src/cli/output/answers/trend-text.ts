/** Figures of trends as text; an unknown one is `unknown`, never 0. */

export const known = (value: number | null): string => (value === null ? 'unknown' : String(value));

export const perThousand = (rate: number | null): string => (rate === null ? 'unknown' : rate.toFixed(2));

export function changed(change: number | null): string {
  if (change === null) return 'unknown';
  const percent = Math.round(100 * change);
  return `${percent > 0 ? '+' : ''}${percent} %`;
}

export const daysText = (first: string, last: string): string => (first === last ? first : `${first} to ${last}`);
