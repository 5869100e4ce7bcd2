import { useEffect, useRef, useState } from 'preact/hooks';
import { NODE_REASONS } from '../../../../domain/status/node-reasons.ts';
import { relayText } from '../../../../domain/status/relay-status.ts';
import type { AuditPage, AuditRecord, Status } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { ago, duration, moment, nodeName } from '../../model/format.ts';
import { trustName } from '../../model/mesh-words.ts';

type Mesh = NonNullable<Status['mesh']>;
type Peer = Mesh['peers'][number];

const STATES: Readonly<Record<Peer['state'], string>> = {
  connected: 'connected',
  connecting: 'connecting',
  offline: 'not connected',
  refused: 'refused',
  skewed: 'refused',
};

/** One line about the mesh; when open, every peer and trusted node with its state (FR-805). */
export function MeshPill({ mesh }: { readonly mesh: Mesh | null }) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDetailsElement>(null);
  // A link in it leads to another view.
  useEffect(() => {
    const close = (): void => box.current?.removeAttribute('open');
    addEventListener('hashchange', close);
    return () => removeEventListener('hashchange', close);
  }, []);
  if (!mesh) return <span class="pill quiet">Mesh …</span>;
  if (!mesh.enabled) {
    return (
      <span class="pill" title="The service opens no socket beyond this machine and dials none.">
        <span class="lamp" aria-hidden="true" /> Mesh off
      </span>
    );
  }
  const number = (state: Peer['state']): number => mesh.peers.filter((peer) => peer.state === state).length;
  const refused = number('refused') + number('skewed');
  const lamp = refused > 0 ? 'lamp bad' : number('connected') === mesh.peers.length ? 'lamp good' : 'lamp wait';
  return (
    <details ref={box} class="pill-box" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="pill">
        <span class={lamp} aria-hidden="true" />
        <span class="pill-long">
          Mesh: {number('connected')} of {mesh.peers.length} connected{refused > 0 && `, ${refused} refused`}
        </span>
        <span class="pill-short nums" aria-hidden="true">
          {number('connected')}/{mesh.peers.length}
        </span>
      </summary>
      {isOpen && <Peers peers={mesh.peers} relay={mesh.relay} />}
    </details>
  );
}

const LAMPS: Readonly<Record<Peer['state'], string>> = {
  connected: 'lamp good',
  connecting: 'lamp wait',
  offline: 'lamp wait',
  refused: 'lamp bad',
  skewed: 'lamp bad',
};

const RELAY_LAMPS: Readonly<Record<NonNullable<Mesh['relay']>['state'], string>> = {
  connected: 'lamp good',
  connecting: 'lamp wait',
  waiting: 'lamp wait',
  no_pass: 'lamp wait',
  unusable: 'lamp bad',
};

const ignore = (): void => undefined;

/** The audit log has the time of the last summary in each direction. */
function Peers({ peers, relay }: Pick<Mesh, 'peers' | 'relay'>) {
  const sent = useReading<AuditPage>('/api/audit', { type: 'summary.sent', limit: 100 }, ignore);
  const received = useReading<AuditPage>('/api/audit', { type: 'summary.received', limit: 100 }, ignore);
  const lastOf = ({ data }: typeof sent, id: string): AuditRecord | undefined =>
    data?.records.find(({ peer }) => peer === id);
  return (
    <ul class="peers">
      {relay !== null && (
        <li>
          <span class={RELAY_LAMPS[relay.state]} aria-hidden="true" /> <strong>Relay</strong>
          <br />
          {relayText(relay, moment)}
        </li>
      )}
      {peers.length === 0 && (
        <li class="quiet">
          No peers yet. <code>caro peers add</code> adds one.
        </li>
      )}
      {peers.map((peer) => (
        <li key={peer.id}>
          <span class={LAMPS[peer.state]} aria-hidden="true" /> <strong>{nodeName(peer.id, peer.name)}</strong>{' '}
          <span class="mono quiet">{peer.address ?? 'no address'}</span>
          <br />
          {STATES[peer.state]}
          {peer.reason !== null && `: ${NODE_REASONS[peer.reason]}`} · trust: {trustName(peer.trust)}
          {skewText(peer)}
          <br />
          <span class="quiet">
            {seenText(peer)}, version {peer.version ?? 'unknown'} · {summaryText('received', lastOf(received, peer.id))}
            , {summaryText('sent', lastOf(sent, peer.id))}
          </span>
        </li>
      ))}
      <li>
        <a href="#/privacy">Trust and sharing</a>
      </li>
    </ul>
  );
}

function seenText({ state, lastSeen }: Peer): string {
  if (state === 'connected') return 'connected now';
  return lastSeen === null ? 'last seen: unknown' : `last seen ${ago(lastSeen, Date.now())}`;
}

function skewText({ skewMs }: Peer): string {
  if (skewMs === null || Math.abs(skewMs) < 1_000) return '';
  return ` · its clock is ${duration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`;
}

const summaryText = (what: string, record: AuditRecord | undefined): string =>
  record ? `last summary ${what} ${ago(record.time, Date.now())}` : `no summary ${what}`;
