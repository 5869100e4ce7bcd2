/**
 * Regular expression for a time from outside: ISO 8601 in UTC, milliseconds optional, and only
 * times that `Date.parse` accepts. Every comparison with NaN would be false.
 */
export const TIME_PATTERN =
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{3})?Z$';

/**
 * An instant as ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. V8's
 * own function loads the tables of all time zones and keeps them: 0.8 to 1 MiB in an idle service
 * (docs/adr/0002).
 *
 * @param ms since 1970
 * @throws RangeError for a time that no `Date` can hold
 */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9_999)) return date.toISOString();
  const day = `${padded(year, 4)}-${padded(date.getUTCMonth() + 1)}-${padded(date.getUTCDate())}`;
  const time = `${padded(date.getUTCHours())}:${padded(date.getUTCMinutes())}:${padded(date.getUTCSeconds())}`;
  return `${day}T${time}.${padded(date.getUTCMilliseconds(), 3)}Z`;
}

const padded = (value: number, digits = 2): string => String(value).padStart(digits, '0');
