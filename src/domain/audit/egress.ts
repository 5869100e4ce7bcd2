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
  /** The rule of the policy that let it go. */
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
  /** A key of the node; what was sent to those before and after it belongs to it, too. */
  readonly peer?: string;
}

/** What the ledger is asked: it knows keys, not whose they are. */
export interface LedgerFilter extends EgressRange {
  readonly recipients?: readonly string[];
}
