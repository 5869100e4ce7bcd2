import type { ServiceStatus } from './status.ts';

/** The last seven days of totals: rates, and no figure of a node. */
export interface TotalFigures {
  /** Newest day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly contributors: number | null;
  /** Days with figures. */
  readonly knownDays: number;
  /** Per 1,000 commands; null: not known. */
  readonly risky: number | null;
  readonly levels: Readonly<Record<string, number | null>>;
  readonly families: Readonly<Record<string, number | null>>;
  /** Nodes times days. */
  readonly techniques: Readonly<Record<string, number | null>>;
}

/** Content of `caro metrics` and `/metrics`: counts and states; no command, no name of a peer. */
export interface ServiceMetrics {
  readonly status: ServiceStatus;
  /** Size of the database and of its write-ahead log. */
  readonly databaseBytes: number;
  /** Totals of all nodes; null where this node has none. */
  readonly totals: TotalFigures | null;
  /** Rules of `[[alerts]]`, and whether each is met by the newest figures. */
  readonly alerts: readonly { readonly rule: string; readonly isMet: boolean }[];
  /** Messages that actors have handled since the start, by kind. */
  readonly messages: readonly { readonly kind: string; readonly count: number }[];
}
