import type { WebSocket } from 'ws';

/**
 * `mesh`: with a trusted node. `pairing`: with a stranger while an invite is open. `introduction`:
 * at the address of a peer answers another key, of which we read one hello and to which we say
 * nothing.
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
  /** Base64 of the TLS exporter value. */
  readonly session: string;
  /** Whether this side opened the connection. */
  readonly isDialled: boolean;
  /**
   * When the upgrade was asked for (dialled) or granted, ms since the epoch: the other side's hello
   * is not older.
   */
  readonly openedMs: number;
  /** Ends the bounds for connections that have not said a hello yet. */
  readonly settled: () => void;
}
