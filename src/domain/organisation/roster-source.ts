/**
 * The roster as one source of trust. It is asked at each use, because it expires without anything
 * else happening.
 */
export interface RosterSource {
  readonly org: string;
  readonly version: number;
  readonly isForked: boolean;
  readonly hasExpired: () => boolean;
  /** What the roster grants to a node now; undefined: nothing. */
  readonly levelOf: (id: string) => 'supervisor' | 'query_from' | 'contact' | undefined;
  /** At any level of detail. */
  readonly isSupervisor: (id: string) => boolean;
  readonly isTrustee: (id: string) => boolean;
  /** Whether a node may keep the list of members now: supervisors, trustees. */
  readonly mayKeepList: (id: string) => boolean;
  /**
   * Node ids of the members, on a node that keeps the list; empty where the roster grants nothing.
   */
  readonly members: () => readonly string[];
}
