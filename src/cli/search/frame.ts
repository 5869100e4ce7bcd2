import type { RiskLevel } from '../../domain/events/risk-level.ts';
import type { PastCommand } from '../../storage/events/command-history.ts';
import { harmless } from '../output/output.ts';
import { clip, type TextWidth } from '../output/text-width.ts';

/** What the screen of the search shows. */
export interface SearchView {
  readonly typed: string;
  /** The visible part of the list, and which of it is chosen. */
  readonly rows: readonly PastCommand[];
  readonly chosen: number;
  readonly count: number;
  readonly isLoading: boolean;
  /** What the list is limited to, in words. */
  readonly limits: readonly string[];
  /** Why the chosen command is risky and what is safer, or an empty text. */
  readonly advice: string;
  readonly nowMs: number;
}

export interface FrameOptions {
  readonly columns: number;
  readonly widthOf: TextWidth;
  readonly hasColours: boolean;
}

/** Lines around the list: the input, a blank one, the advice and the keys. */
export const FRAME_LINES = 4;
const KEYS = 'Enter edit   Esc leave   ^T where   ^O outcome   ^K risk   ^Y who';
const TIME_WIDTH = 5;
/** On fewer columns than these a row has no age and no level. */
const NARROW = 36;
const RISK_WIDTH = 8;

/** Lines of the screen, each as wide as the terminal at most. */
export function frameOf(view: SearchView, options: FrameOptions): readonly string[] {
  const { columns, widthOf } = options;
  const cut = (text: string): string => clip(text, columns, widthOf);
  const known = `${view.count}${view.isLoading ? '+' : ''}`;
  const state = [known, ...view.limits].join(' · ');
  return [
    cut(`search: ${harmless(view.typed)}▏  ${state}`),
    '',
    ...view.rows.map((row, index) => rowOf(row, index === view.chosen, view.nowMs, options)),
    ...(view.rows.length === 0 ? [cut(view.isLoading ? '  searching …' : '  no command fits')] : []),
    cut(harmless(view.advice)),
    cut(KEYS),
  ];
}

const COLOURS: Readonly<Record<RiskLevel, number>> = { safe: 2, moderate: 33, high: 35, critical: 31 };

function rowOf(
  { text, timeMs, exitCode, risk }: PastCommand,
  isChosen: boolean,
  nowMs: number,
  { columns, widthOf, hasColours }: FrameOptions,
): string {
  const style = (code: number, shown: string): string => (hasColours ? `\x1b[${code}m${shown}\x1b[0m` : shown);
  const failed = exitCode !== null && exitCode !== 0;
  const mark = isChosen ? '› ' : '  ';
  if (columns < NARROW) {
    const shown = clip(`${mark}${failed ? '✗' : ' '} ${harmless(text)}`, columns, widthOf);
    return risk === 'safe' ? shown : style(COLOURS[risk], shown);
  }
  const head = `${ageOf(nowMs - timeMs).padStart(TIME_WIDTH)} ${failed ? '✗' : ' '} `;
  const level = risk === 'safe' ? ' '.repeat(RISK_WIDTH) : risk.padEnd(RISK_WIDTH);
  const room = columns - 2 - head.length - RISK_WIDTH - 1;
  const command = clip(harmless(text), room, widthOf);
  return `${mark}${style(2, head)}${style(COLOURS[risk], level)} ${isChosen ? style(1, command) : command}`;
}

/** `now`, `5m`, `3h`, `12d`, `2y` */
export function ageOf(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes}m`;
  if (minutes < 1_440) return `${Math.floor(minutes / 60)}h`;
  const days = Math.floor(minutes / 1_440);
  return days < 365 ? `${days}d` : `${Math.floor(days / 365)}y`;
}
