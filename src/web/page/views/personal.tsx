import { useState } from 'preact/hooks';
import type { Status } from '../data/contract.ts';
import { type Personal, usePersonal } from '../data/use-personal.ts';
import { wholeDay } from '../model/format.ts';
import { RANGE_NAMES, RANGES, type Range } from '../model/ranges.ts';
import { Segments } from '../parts/common/segments.tsx';
import { ActivityChart } from '../parts/personal/activity-chart.tsx';
import { AdvisoriesPanel } from '../parts/personal/advisories-panel.tsx';
import { EventsPanel } from '../parts/personal/events-panel.tsx';
import { FirstSteps } from '../parts/personal/first-steps.tsx';
import { Glance } from '../parts/personal/glance.tsx';
import { HeatMap } from '../parts/personal/heat-map.tsx';
import { HookHealth } from '../parts/personal/hook-health.tsx';
import { RiskPanel } from '../parts/personal/risk-panel.tsx';
import { ToolsPanel } from '../parts/personal/tools-panel.tsx';
import { WorkPanel } from '../parts/personal/work-panel.tsx';

interface PersonalViewProps {
  readonly onStatus: (status: Status) => void;
  readonly onLocked: () => void;
}

/**
 * The owner's commands: number, tools, hours, failures and risk (FR-802).
 */
export function PersonalView(props: PersonalViewProps) {
  const [range, setRange] = useState<Range>('today');
  const personal = usePersonal(range, props);
  const { overview, trouble } = personal;
  if (!overview) return <p class={trouble ? 'notice' : 'quiet'}>{trouble ?? 'Loading your commands …'}</p>;
  const isFresh = overview.recent.length === 0;
  return (
    <>
      <div class="head">
        <h1>{range === 'today' ? wholeDay(personal.now) : `The last ${RANGE_NAMES[range]}`}</h1>
        <LiveLamp personal={personal} />
        {!isFresh && (
          <Segments label="Stretch of time" options={RANGES} names={RANGE_NAMES} chosen={range} onChoose={setRange} />
        )}
      </div>
      {trouble && (
        <p class="notice" role="status">
          {trouble}
        </p>
      )}
      {isFresh ? (
        <FirstSteps status={overview.status} />
      ) : (
        <Filled range={range} personal={personal} onLocked={props.onLocked} />
      )}
    </>
  );
}

interface FilledProps {
  readonly range: Range;
  readonly personal: Personal;
  readonly onLocked: () => void;
}

function Filled({ range, personal, onLocked }: FilledProps) {
  const { overview, slots, now } = personal;
  if (!overview) return null;
  const { statistics, status } = overview;
  return (
    <div class="grid">
      <Glance statistics={statistics} slots={slots} range={range} now={now} />
      <AdvisoriesPanel status={status} now={now} onLocked={onLocked} />
      <ActivityChart statistics={statistics} range={range} now={now} />
      <RiskPanel statistics={statistics} risky={overview.risky} rules={overview.rules} />
      <ToolsPanel tools={statistics.tools} />
      <HeatMap slots={slots} />
      <WorkPanel since={statistics.since} now={now} onLocked={onLocked} />
      <EventsPanel seed={overview.recent} rules={overview.rules} fresh={personal.fresh} tools={statistics.tools} />
      {status && <HookHealth status={status} now={now} />}
    </div>
  );
}

function LiveLamp({ personal: { live } }: { readonly personal: Personal }) {
  const isLive = live === 'live';
  return (
    <span class="live" role="status">
      <span class={isLive ? 'lamp good pulse' : 'lamp wait'} aria-hidden="true" />
      {isLive ? 'live' : live === 'lost' ? 'reconnecting' : 'connecting'}
    </span>
  );
}
