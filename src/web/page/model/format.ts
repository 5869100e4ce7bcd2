/**
 * Formats of figures, times and commands on the page: local time, tabular figures, visible control
 * characters.
 */

const number = new Intl.NumberFormat(undefined);
/**
 * A 24-hour clock everywhere, as in logs and on the axes of the charts.
 */
const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const clock = new Intl.DateTimeFormat(undefined, hours);
const clockSeconds = new Intl.DateTimeFormat(undefined, { ...hours, second: '2-digit' });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { ...hours, day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, {
  ...hours,
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  second: '2-digit',
});

export const count = (value: number): string => number.format(value);
/** A count with its noun in singular or plural. */
export const counted = (value: number, thing: string): string => `${count(value)} ${thing}${value === 1 ? '' : 's'}`;
export const timeOfDay = (time: string | number | Date): string => clock.format(new Date(time));
export const timeWithSeconds = (time: string | number | Date): string => clockSeconds.format(new Date(time));
export const shortDay = (time: string | number | Date): string => dayAndMonth.format(new Date(time));
export const wholeDay = (time: string | number | Date): string => longDay.format(new Date(time));
export const moment = (time: string | number | Date): string => dayAndTime.format(new Date(time));
export const fullTime = (time: string | number | Date): string => full.format(new Date(time));

/** `part` of `whole` in percent; a small share is never shown as zero. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return '<0.1%';
  return `${percent < 10 ? percent.toFixed(1).replace(/\.0$/, '') : Math.round(percent)}%`;
}

/** A share of failures, given as a number from 0 to 1; a dash where none is known. */
export const rate = (value: number | null): string => (value === null ? '–' : share(value, 1));

/** A duration in ms in at most two units. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1) return '<1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60 === 0 ? '' : `${minutes % 60} min`}`.trim();
}

/** An estimate has a `~`, unless the text says so itself. */
export const medianText = ({ ms, exact }: { readonly ms: number; readonly exact: boolean }): string =>
  `${exact || ms < 1 ? '' : '~ '}${duration(ms)}`;

/** How long ago, in one unit. */
export function ago(time: string, nowMs: number): string {
  const ms = nowMs - Date.parse(time);
  if (ms < 10_000) return 'just now';
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s ago`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min ago`;
  if (ms < 48 * 3_600_000) return `${Math.round(ms / 3_600_000)} h ago`;
  return `${Math.round(ms / 86_400_000)} days ago`;
}

export const bytes = (value: number): string =>
  value < 1024
    ? `${value} bytes`
    : value < 1_048_576
      ? `${(value / 1024).toFixed(1)} KiB`
      : `${(value / 1_048_576).toFixed(1)} MiB`;

/**
 * Text of a command with everything visible: control characters as symbols, and characters that
 * hide or reorder text as escapes, so that the reader sees what ran (Trojan Source,
 * CVE-2021-42574). The zero-width joiner of emoji stays.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (mark) => {
    const code = mark.codePointAt(0) ?? 0;
    if (mark === '\n' || mark === '\t' || code === 0x200d) return mark;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** The last two names of a folder. */
export function placeName(folder: string): string {
  const names = folder.split('/').filter((name) => name !== '');
  return names.length <= 2 ? folder : `…/${names.slice(-2).join('/')}`;
}

/** Words as a list in a sentence. */
export const inWords = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

const NODE_ID = 'caro:ed25519:';
/** The name of a node, or the first characters of its key. */
export const nodeName = (id: string, name: string | null | undefined): string =>
  name ?? (id.startsWith(NODE_ID) ? `${id.slice(NODE_ID.length).slice(0, 10)}…` : id);
