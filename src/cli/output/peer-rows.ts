import type { TrustLevel } from '../../domain/policy/trust.ts';
import type { MeshStatus } from '../../domain/status/status.ts';
import type { Context } from '../context.ts';
import { duration, paint, type Style } from './output.ts';
import { sayTable } from './table.ts';

type Peer = MeshStatus['peers'][number];
/** A peer; its state is null while no mesh runs. */
export interface PeerRow {
  readonly id: string;
  readonly name: string | null;
  readonly address: string;
  readonly trust: TrustLevel;
  readonly state: Peer['state'] | null;
  readonly skewMs: number | null;
}

const STYLES: Readonly<Record<Peer['state'], Style>> = {
  connected: 'green',
  connecting: 'yellow',
  refused: 'red',
  skewed: 'red',
};

export async function sayPeers(context: Context, peers: readonly PeerRow[]): Promise<void> {
  await sayTable(
    context,
    [
      { title: 'NAME', text: (peer) => peer.name ?? '-' },
      {
        title: 'STATE',
        text: (peer) => peer.state ?? '-',
        paint: (peer, text) => (peer.state === null ? text : paint(context, STYLES[peer.state], text)),
      },
      { title: 'TRUST', text: (peer) => peer.trust },
      { title: 'SKEW', align: 'right', text: (peer) => (peer.skewMs === null ? '-' : skewText(peer.skewMs)) },
      { title: 'ADDRESS', text: (peer) => peer.address },
      { title: 'ID', isWhole: true, text: (peer) => peer.id },
    ],
    peers,
  );
}

/** Difference of a peer's clock from ours: `+1.2 s` means it is ahead. */
export const skewText = (ms: number): string => `${ms < 0 ? '-' : '+'}${duration(Math.abs(ms))}`;
