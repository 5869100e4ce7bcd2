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
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) {
    throw new InvalidArgumentError('Expected a whole number of at least 1.');
  }
  return count;
}
