/** What left this node, as its owner sees it (`caro egress list`). */
export interface EgressLine {
  readonly seq: number;
  /** ISO 8601 UTC. */
  readonly time: string;
  /** Node id. */
  readonly recipient: string;
  readonly address: string;
  /** Message type of the protocol. */
  readonly type: string;
  /** Level of the figures in it; null where it holds none. */
  readonly level: 1 | 2 | null;
  /** The rule of the policy that allowed it. */
  readonly rule: string;
  readonly size: number;
}

/** With the text of the message, exactly as it was sent. */
export interface EgressMessage extends EgressLine {
  readonly bytes: string;
}

interface EgressRange {
  readonly limit?: number;
  readonly before?: number;
}

export interface EgressFilter extends EgressRange {
  /** Any key of the node; messages to its former and later keys are included. */
  readonly peer?: string;
}

/** A filter by keys; the ledger does not know which keys belong to one node. */
export interface LedgerFilter extends EgressRange {
  readonly recipients?: readonly string[];
}
