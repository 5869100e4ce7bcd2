import type { Status } from '../contract.ts';
import { duration } from '../format.ts';

type Mesh = Status['mesh'];
type Peer = Mesh['peers'][number];

const STATES: Readonly<Record<Peer['state'], string>> = {
  connected: 'connected',
  connecting: 'reconnecting',
  refused: 'refused: the two nodes do not trust each other',
  skewed: 'refused: the clocks differ too much',
};

/** One line about the mesh; opened, every peer and how it stands with it. */
export function MeshPill({ mesh }: { readonly mesh: Mesh | null }) {
  if (!mesh) return <span class="pill quiet">Mesh …</span>;
  if (!mesh.enabled) {
    return (
      <span class="pill" title="No socket is open beyond this machine, and none is dialled.">
        <span class="lamp" aria-hidden="true" /> Mesh off
      </span>
    );
  }
  const connected = mesh.peers.filter((peer) => peer.state === 'connected').length;
  const trouble = mesh.peers.some((peer) => peer.state === 'refused' || peer.state === 'skewed');
  const lamp = trouble ? 'lamp bad' : connected === mesh.peers.length ? 'lamp good' : 'lamp wait';
  return (
    <details class="pill-box">
      <summary class="pill">
        <span class={lamp} aria-hidden="true" /> Mesh: {connected} of {mesh.peers.length} connected
      </summary>
      <ul class="peers">
        {mesh.peers.length === 0 && <li class="quiet">No peers yet. `caro peers add` makes one known.</li>}
        {mesh.peers.map((peer) => (
          <li key={peer.id}>
            <strong>{peer.name ?? peer.id.slice(0, 24)}</strong> <span class="mono quiet">{peer.address}</span>
            <br />
            {STATES[peer.state]} · trust: {peer.trust.replace('_', ' ')}
            {peer.skewMs !== null &&
              Math.abs(peer.skewMs) >= 1_000 &&
              ` · clock off by ${duration(Math.abs(peer.skewMs))}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
