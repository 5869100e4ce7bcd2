import { InvalidArgumentError } from 'commander';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** Milliseconds since the epoch that ISO 8601 can write with four digits for the year. */
const LATEST_MS = 253_402_300_799_999;

/** `--since 1h | 30m | 7d | 2w | ISO 8601` as ISO 8601 UTC. */
export function parseSince(now: Date): (text: string) => string {
  return (text) => {
    const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
    const ms = unit === undefined ? isoMs(text) : now.getTime() - Number(count) * (UNITS_MS[unit] ?? 0);
    if (!(ms >= 0 && ms <= LATEST_MS)) {
      throw new InvalidArgumentError(
        'Expected a time ago such as 30m, 1h, 7d, 2w, or a date such as 2026-01-31T09:00.',
      );
    }
    return new Date(ms).toISOString();
  };
}

const isoMs = (text: string): number =>
  /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text) ? Date.parse(text) : Number.NaN;

/** `--timeout 500ms | 2s | 1m` in ms, from 1 ms to 10 min. */
export function parseTimeout(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(count) * (unit === 'ms' ? 1 : (UNITS_MS[unit] ?? Number.NaN));
  if (!(ms >= 1 && ms <= 600_000)) throw new InvalidArgumentError('Expected a time such as 500ms, 2s or 1m.');
  return ms;
}

/** A whole number of at least 1. */
export const parseCount = (text: string): number =>
  wholeNumber(text, 1, Number.MAX_SAFE_INTEGER, 'Expected a whole number of at least 1.');

/** A whole number from `least` to `most`, both included. */
export const parseCountFrom =
  (least: number, most: number) =>
  (text: string): number =>
    wholeNumber(text, least, most, `Expected a whole number from ${least} to ${most}.`);

function wholeNumber(text: string, least: number, most: number, expected: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < least || count > most) throw new InvalidArgumentError(expected);
  return count;
}

/** The name of a node, as it names itself and as others call it. */
export function parseNodeName(text: string): string {
  if (/^[a-z0-9-]{1,32}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected 1 to 32 characters from a-z, 0-9 and -.');
}
