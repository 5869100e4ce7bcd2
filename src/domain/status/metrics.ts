import type { ServiceStatus } from './status.ts';

/** Content of `caro metrics` and `/metrics`: counts and states; no command, no name of a peer. */
export interface ServiceMetrics {
  readonly status: ServiceStatus;
  /** Size of the database and of its write-ahead log. */
  readonly databaseBytes: number;
  /** Messages that actors have handled since the start, by kind. */
  readonly messages: readonly { readonly kind: string; readonly count: number }[];
}
