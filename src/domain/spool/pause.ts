/**
 * A time in which nothing is recorded, in ms since the epoch; `untilMs` is not part of it. The file
 * of pauses has a line `from until` for each, oldest first.
 */
export interface Pause {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Longest pause. Who wants more switches the hook off, which the page also shows. */
export const MAX_PAUSE_MS = 24 * 3_600_000;
/** So many are remembered: a record or an imported command may be older than the pause in force. */
const REMEMBERED = 1_000;
const LINE = /^(\d{1,15}) (\d{1,15})$/;

/** Lines that are no pause are skipped. */
export const decodePauses = (text: string): readonly Pause[] =>
  text.split('\n').flatMap((line) => {
    const [, from, until] = LINE.exec(line) ?? [];
    return from === undefined ? [] : [{ fromMs: Number(from), untilMs: Number(until) }];
  });

export const encodePauses = (pauses: readonly Pause[]): string =>
  pauses
    .slice(-REMEMBERED)
    .map(({ fromMs, untilMs }) => `${fromMs} ${untilMs}\n`)
    .join('');

/** What shell hooks read while a pause is in force: the same in whole seconds. */
export const encodeHookPause = ({ fromMs, untilMs }: Pause): string =>
  `${Math.floor(fromMs / 1_000)} ${Math.ceil(untilMs / 1_000)}\n`;

/** The pause that this time is in. */
export const pauseAt = (pauses: readonly Pause[], ms: number): Pause | null =>
  pauses.findLast(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs) ?? null;

/** The pauses after one is begun: it replaces the one in force. */
export const withPause = (pauses: readonly Pause[], pause: Pause): readonly Pause[] => [
  ...resumed(pauses, pause.fromMs),
  pause,
];

/** The pauses after the one in force, if any, is ended. */
export const resumed = (pauses: readonly Pause[], nowMs: number): readonly Pause[] =>
  pauses.map((one) => (one.fromMs <= nowMs && nowMs < one.untilMs ? { ...one, untilMs: nowMs } : one));
