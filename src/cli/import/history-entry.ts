/** A command of an existing history; null where the history has no value. */
export interface HistoryEntry {
  readonly text: string;
  /** Milliseconds since the epoch, as the history says: `checkedHistory` finds what cannot be. */
  readonly startMs: number | null;
  readonly durationMs: number | null;
  readonly exitCode: number | null;
  readonly cwd: string | null;
}

export const entry = (text: string, startMs: number | null = null, durationMs: number | null = null): HistoryEntry => ({
  text,
  startMs,
  durationMs,
  exitCode: null,
  cwd: null,
});
