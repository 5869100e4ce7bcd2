import type { ErrorCode } from '../domain/errors.ts';

const MAX_PEERS = 1_024;
/** Strangers are not noted: their keys would take the place of those of peers. */
const NOT_NOTED: readonly ErrorCode[] = ['peer_untrusted', 'message_rate', 'advisory_refused'];

/** Why each peer was refused last, until it is connected. */
export interface RefusedPeers {
  readonly codes: ReadonlyMap<string, ErrorCode>;
  readonly note: (peer: string, code: ErrorCode) => void;
  readonly forget: (peer: string) => void;
}

export function createRefusedPeers(): RefusedPeers {
  const codes = new Map<string, ErrorCode>();
  return {
    codes,
    note: (peer, code) => {
      if (NOT_NOTED.includes(code)) return;
      codes.delete(peer);
      if (codes.size >= MAX_PEERS) codes.delete(codes.keys().next().value ?? '');
      codes.set(peer, code);
    },
    forget: (peer) => void codes.delete(peer),
  };
}
