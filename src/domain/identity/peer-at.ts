/** A node whose key was proven by TLS, and the IP address that it connects from. */
export interface PeerAt {
  /** Node id. */
  readonly id: string;
  readonly address: string;
}
