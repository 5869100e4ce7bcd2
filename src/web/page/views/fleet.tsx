import { useState } from 'preact/hooks';
import { FLEET_STATES, type FleetState } from '../../../domain/fleet/fleet.ts';
import type { FleetPage } from '../data/contract.ts';
import { useReading } from '../data/use-reading.ts';
import { count, counted } from '../model/format.ts';
import { Panel } from '../parts/common/panel.tsx';
import { Segments } from '../parts/common/segments.tsx';
import { FleetTable } from '../parts/posture/fleet-table.tsx';
import { RequestsPanel } from '../parts/posture/requests-panel.tsx';

const CHOICES = ['all', ...FLEET_STATES] as const;

const inState = ({ coverage: { members, states } }: FleetPage, name: (typeof CHOICES)[number]): string =>
  count(name === 'all' ? members : states[name]);

/** Every member of the fleet, problems first. */
export function FleetView({ onLocked }: { readonly onLocked: () => void }) {
  const [state, setState] = useState<'all' | FleetState>('all');
  const [text, setText] = useState('');
  const wanted = state === 'all' ? undefined : state;
  const { data, trouble } = useReading<FleetPage>('/api/fleet', { state: wanted, text }, onLocked);
  const names = Object.fromEntries(CHOICES.map((name) => [name, data ? `${name} ${inState(data, name)}` : name]));
  return (
    <>
      <div class="head">
        <h1>Fleet</h1>
        <span class="quiet">Every node that this one knows, with its state; no figures of single nodes.</span>
      </div>
      <div class="grid">
        <RequestsPanel onLocked={onLocked} />
        <Panel
          title={data ? counted(data.found, 'node') : 'Nodes'}
          class="span-12"
          aside={
            <input
              type="search"
              aria-label="Part of a name"
              placeholder="Part of a name"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          }
        >
          <div class="fleet-states">
            <Segments
              label="State"
              options={CHOICES}
              names={names as Record<(typeof CHOICES)[number], string>}
              chosen={state}
              onChoose={setState}
            />
          </div>
          {!data && <p class="quiet">{trouble ?? 'Loading …'}</p>}
          {data?.members.length === 0 && (
            <p class="quiet">
              {data.coverage.members === 0 ? (
                <>
                  No other node is known. Pair with one: <code>caro peers invite</code>
                </>
              ) : (
                'No such node.'
              )}
            </p>
          )}
          {data && data.members.length > 0 && <FleetTable members={data.members} nowMs={Date.now()} />}
          {data && data.found > data.members.length && (
            <p class="quiet small">
              The first {count(data.members.length)} are shown. <code>caro fleet</code> prints all.
            </p>
          )}
        </Panel>
      </div>
    </>
  );
}
