import type { GrantLevel } from '../../domain/policy/trust.ts';
import { NODE_REASON_NAMES, NODE_REASONS } from '../../domain/status/node-reasons.ts';
import type { MeshStatus } from '../../domain/status/status.ts';
import type { Context } from '../context.ts';
import { duration, localTime, paint, type Style, say } from './output.ts';
import { sayTable } from './table.ts';

type Peer = MeshStatus['peers'][number];
/** A peer; its state is null while no mesh runs. */
export interface PeerRow extends Omit<Peer, 'state'> {
  readonly trust: GrantLevel;
  readonly state: Peer['state'] | null;
}

const STYLES: Readonly<Record<Peer['state'], Style>> = {
  connected: 'green',
  connecting: 'yellow',
  offline: 'yellow',
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
      { title: 'REASON', text: (peer) => peer.reason ?? '-' },
      { title: 'SEEN', text: seenText },
      { title: 'VERSION', text: (peer) => peer.version ?? 'unknown' },
      { title: 'TRUST', text: (peer) => peer.trust },
      { title: 'SKEW', align: 'right', text: (peer) => (peer.skewMs === null ? '-' : skewText(peer.skewMs)) },
      { title: 'ADDRESS', text: (peer) => peer.address ?? '-' },
      { title: 'ID', isWhole: true, text: (peer) => peer.id },
    ],
    peers,
  );
  const reasons = NODE_REASON_NAMES.filter((name) => peers.some(({ reason }) => reason === name));
  if (reasons.length > 0) say(context);
  for (const name of reasons) say(context, `${name}: ${NODE_REASONS[name]}`);
}

function seenText({ state, lastSeen }: PeerRow): string {
  if (state === 'connected') return 'now';
  return lastSeen === null ? 'unknown' : localTime(lastSeen);
}

/** Difference of a peer's clock from ours: `+1.2 s` means it is ahead. */
export const skewText = (ms: number): string => `${ms < 0 ? '-' : '+'}${duration(Math.abs(ms))}`;
