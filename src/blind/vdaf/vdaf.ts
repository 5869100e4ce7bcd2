/*
 * The port of the verifiable distributed aggregation function (VDAF): splits a vector of cells into
 * two shares, of which neither reveals anything, and adds up shares. Everything that crosses it is
 * bytes, so that it can be sent, stored and passed between threads. ADR 0015 says which function
 * stands behind it.
 */

/** The two aggregators; the leader's share is the long one. */
export const AGGREGATOR_ROLES = ['leader', 'trustee'] as const;
export type AggregatorRole = (typeof AGGREGATOR_ROLES)[number];

/** What one node makes of its cells. */
export interface Shares {
  /** For both aggregators; reveals nothing. */
  readonly publicShare: Uint8Array;
  readonly inputShares: Readonly<Record<AggregatorRole, Uint8Array>>;
}

export interface Preparation {
  /** Kept by the aggregator until `finish`. Reveals what its share reveals: nothing by itself. */
  readonly state: Uint8Array;
  /** For the other aggregator. */
  readonly preparationShare: Uint8Array;
}

export interface PrepareInput {
  /** 16 random bytes that both aggregators share and no node knows. */
  readonly verifyKey: Uint8Array;
  readonly role: AggregatorRole;
  /** The report's 16 random bytes. */
  readonly nonce: Uint8Array;
  readonly publicShare: Uint8Array;
  readonly inputShare: Uint8Array;
}

export interface Vdaf {
  /** Length of the verify key and of a nonce, in bytes. */
  readonly verifyKeyBytes: number;
  readonly nonceBytes: number;
  /** Random bytes that one report takes. */
  readonly randomBytes: number;
  /** Length of an output share and of an aggregate share, in bytes. */
  readonly aggregateBytes: number;
  /**
   * The same cells, nonce and randomness give the same bytes. Randomness MUST NOT be used for two
   * reports.
   *
   * @throws RangeError if a cell is not an integer of its width, or an argument has another length
   */
  readonly shard: (cells: readonly number[], nonce: Uint8Array, random: Uint8Array) => Promise<Shares>;
  /**
   * First step of an aggregator for one report.
   * @throws CaroError `blind_share_invalid` for shares that are not of this layout
   */
  readonly prepare: (input: PrepareInput) => Promise<Preparation>;
  /**
   * Checks the proof that every cell is within its width, from the preparation shares of both.
   * Returns the preparation message, which both `finish` with.
   *
   * @throws CaroError `blind_share_invalid` if the proof fails
   */
  readonly verify: (
    publicShare: Uint8Array,
    preparationShares: Readonly<Record<AggregatorRole, Uint8Array>>,
  ) => Promise<Uint8Array>;
  /**
   * The output share of a verified report, to be added up.
   * @throws CaroError `blind_share_invalid` if the message belongs to other shares
   */
  readonly finish: (state: Uint8Array, message: Uint8Array) => Uint8Array;
  /** Sum of output shares or of sums of them; of none, zeros. */
  readonly aggregate: (shares: Iterable<Uint8Array>) => Uint8Array;
  /** An aggregate share plus integers, one for each cell; they may be negative (noise). */
  readonly shift: (aggregateShare: Uint8Array, integers: readonly number[]) => Uint8Array;
  /** The total of each cell, from the aggregate shares of both; negative only after `shift`. */
  readonly unshard: (shares: Readonly<Record<AggregatorRole, Uint8Array>>) => readonly number[];
}
