/** A file that still holds a deleted command, and why. */
export interface CopyFailure {
  readonly file: string;
  readonly reason: string;
}

/** Result of deleting commands. */
export interface EventsDeleted {
  /** How many of them existed. */
  readonly deleted: number;
  /**
   * True while a backup is being made or reads the database: what it holds of them is deleted
   * within a quarter of an hour.
   */
  readonly pending: boolean;
  /** Copies where it failed; their owner is to remove them. */
  readonly copies: readonly CopyFailure[];
}
