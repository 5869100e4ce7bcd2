import type { WebSocket } from 'ws';

/**
 * `mesh`: with a trusted node. `pairing`: with an untrusted node while an invite is open.
 * `introduction`: another key answers at the address of a peer; one hello of it is read, and
 * nothing is sent to it.
 */
export type LinkPurpose = 'mesh' | 'pairing' | 'introduction';

/** An open WebSocket over TLS whose other end has proven its key. */
export interface Link {
  readonly socket: WebSocket;
  readonly purpose: LinkPurpose;
  /** Node id and key of the other side. */
  readonly peer: string;
  readonly publicKey: Uint8Array;
  /** IP address and port of the other side. */
  readonly address: string;
  readonly port: number;
  /** IP address of this side. */
  readonly localAddress: string;
  /** Base64 of the TLS exporter value. */
  readonly session: string;
  /** Whether this node opened the connection. */
  readonly isDialled: boolean;
  /**
   * When the upgrade was requested (dialled) or granted, in ms since the epoch. The other side's
   * hello is not older.
   */
  readonly openedMs: number;
  /** Ends the limits for connections without a hello. */
  readonly settled: () => void;
}
