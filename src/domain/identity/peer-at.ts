/** A node whose key TLS has proven, and the IP address it connects from. */
export interface PeerAt {
  /** Node id. */
  readonly id: string;
  readonly address: string;
}
