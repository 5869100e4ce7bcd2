import { FLEET_STATE_MEANS, FLEET_STATES } from '../../../../domain/fleet/fleet.ts';
import type { FleetPage } from '../../data/contract.ts';
import { count, counted, inWords } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';
import { FLEET_LAMPS } from './fleet-table.tsx';

/** How many members there are in each state, problems first. */
export function CoveragePanel({
  fleet,
  trouble,
}: {
  readonly fleet: FleetPage | null;
  readonly trouble: string | null;
}) {
  return (
    <Panel title="Coverage" class="span-4" aside={<a href="#/fleet">All members</a>}>
      {fleet ? <States fleet={fleet} /> : <p class="quiet">{trouble ?? 'Loading …'}</p>}
    </Panel>
  );
}

function States({ fleet: { coverage } }: { readonly fleet: FleetPage }) {
  if (coverage.members === 0) return <p class="quiet">This node knows no members: it has no peers.</p>;
  return (
    <>
      <p class="posture-total nums">
        {count(coverage.states.reporting)} <span class="quiet">of {counted(coverage.members, 'member')} report</span>
      </p>
      <ul class="plain-rows states">
        {FLEET_STATES.filter((state) => coverage.states[state] > 0).map((state) => (
          <li key={state}>
            <span class={FLEET_LAMPS[state]} aria-hidden="true" />{' '}
            <strong class="nums">{count(coverage.states[state])}</strong> {state}{' '}
            <span class="quiet">{FLEET_STATE_MEANS[state]}</span>
          </li>
        ))}
      </ul>
      <p class="quiet small">
        Versions:{' '}
        {inWords(
          coverage.versions.slice(0, 4).map(({ version, nodes }) => `${version ?? 'unknown'} on ${count(nodes)}`),
        )}
        .
      </p>
    </>
  );
}
