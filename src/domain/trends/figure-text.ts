/** Figures of trends in the one form that page, commands and reports use. */

/** `+12%`, `−3%`, `±0%`. */
export function changeInPercent(change: number): string {
  const percent = Math.round(100 * change);
  if (percent === 0) return '±0%';
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent)}%`;
}

/** A small share is never shown as zero. */
export const shareInPercent = (share: number): string =>
  share > 0 && share < 0.005 ? 'less than 1%' : `${Math.round(100 * share)}%`;

/** One digit behind the point; a small rate is never shown as zero. */
export const rateText = (rate: number, locale: string | undefined = 'en'): string =>
  rate.toLocaleString(
    locale,
    rate !== 0 && Math.abs(rate) < 0.1
      ? { maximumSignificantDigits: 2 }
      : { minimumFractionDigits: 1, maximumFractionDigits: 1 },
  );
