/** Events that the analyst marks on the time axis of trends, such as a campaign. */
export interface Mark {
  readonly id: number;
  /** First and last day, `YYYY-MM-DD`; the same for a single day. */
  readonly first: string;
  readonly last: string;
  readonly label: string;
}

export const MAX_LABEL = 40;
/** More marks than this are not readable on an axis. */
export const MAX_MARKS = 200;
/** A line of visible characters that neither begins nor ends with a space. */
export const LABEL_PATTERN = '^[^\\p{C}\\p{Z}]([^\\p{C}\\u2028\\u2029]{0,38}[^\\p{C}\\p{Z}])?$';
