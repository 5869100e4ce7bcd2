/** A command out of an existing history; what the history does not tell is null. */
export interface HistoryEntry {
  readonly text: string;
  /** Milliseconds since the epoch. */
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
