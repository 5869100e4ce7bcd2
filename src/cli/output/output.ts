import { styleText } from 'node:util';
import type { RiskLevel } from '../../domain/events/risk-level.ts';
import type { Context } from '../context.ts';

type Out = Pick<Context, 'env' | 'stdout'>;
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'magenta';

/** Colour sequences, added after the text was made harmless. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const COLOURS = /(\u001b\[[0-9;]*m)/;

/**
 * Prints text of one or more lines. Only colour sequences reach the terminal unescaped, whatever
 * the text quotes.
 */
export function say({ stdout }: Pick<Context, 'stdout'>, text = ''): void {
  const pieces = text.split(COLOURS).map((piece, index) => (index % 2 === 1 ? piece : harmlessLines(piece)));
  stdout.write(`${pieces.join('')}\n`);
}

/** One object per line, for scripts (docs/design.md §10). */
export function sayJson(context: Pick<Context, 'stdout'>, value: unknown): void {
  say(context, jsonText(value));
}

/**
 * JSON that is safe to show on a terminal: also escapes what JSON leaves unescaped (C1, direction
 * marks).
 */
export const jsonText = (value: unknown): string => JSON.stringify(value).replace(OBEYED, escaped);

/** Colours follow NO_COLOR (no-color.org) and are used on terminals only. */
export function hasColours({ env, stdout }: Out): boolean {
  const { NO_COLOR: none, TERM: terminal } = env;
  return stdout.isTTY === true && (none === undefined || none === '') && terminal !== 'dumb';
}

export const paint = (context: Out, style: Style, text: string): string =>
  hasColours(context) ? styleText(style, text, { validateStream: false }) : text;

/** Columns of the terminal; 80 if unknown (some report 0). */
export const terminalWidth = ({ stdout }: Pick<Context, 'stdout'>): number =>
  stdout.columns === undefined || stdout.columns === 0 ? 80 : stdout.columns;

const RISK_STYLES: Readonly<Record<RiskLevel, Style>> = {
  safe: 'dim',
  moderate: 'yellow',
  high: 'red',
  critical: 'magenta',
};

export const paintRisk = (context: Out, level: RiskLevel, text: string): string =>
  paint(context, RISK_STYLES[level], text);

/**
 * Characters that control a terminal, break a table row, or hide or reorder text: the control and
 * format characters of Unicode, except the two joiners, which scripts and emoji need.
 */
const OBEYED = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** As JSON would write it, by UTF-16 units. */
const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');

/** Makes foreign text harmless for a terminal: a stored command could contain escape sequences. */
export const harmless = (text: string): string =>
  text.replace(OBEYED, (character) => {
    if (character === '\n') return '↵';
    return character === '\t' ? ' ' : escaped(character);
  });

/** The same for text of several lines, such as an error. */
export const harmlessLines = (text: string): string => text.split('\n').map(harmless).join('\n');

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-01-31 09:05:07` in the local time zone. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `3 ms`, `4.2 s`, `5 min 6 s`, `2 h 3 min`, `4 d 5 h`. */
export function duration(ms: number): string {
  if (ms > 0 && ms < 1) return '<1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}

/** `512 B`, `48.3 MiB`. */
export function byteSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1_024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return power === 0 ? `${bytes} B` : `${(bytes / 1_024 ** power).toFixed(1)} ${units[power] ?? ''}`;
}
