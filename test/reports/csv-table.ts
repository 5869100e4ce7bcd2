import { parse } from 'csv-parse/sync';

/** RFC 4180: lines end with CRLF, and each has as many fields as the first. */
export const parseCsv = (text: string): string[][] => parse(text, { record_delimiter: '\r\n' });
