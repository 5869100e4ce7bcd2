import { useState } from 'preact/hooks';
import type { AlertReport } from '../../../domain/alerts/alert.ts';
import { type PostureAnswer, TREND_SPANS, type TrendSource } from '../../../domain/trends/trend-answers.ts';
import type { FleetPage } from '../data/contract.ts';
import { type Reading, type TrendParameters, useReading } from '../data/use-reading.ts';
import { counted } from '../model/format.ts';
import { FIRST_TREND, TREND_SPAN_NAMES, type TrendSpan, utcDate } from '../model/trend-words.ts';
import { Panel } from '../parts/common/panel.tsx';
import { Segments } from '../parts/common/segments.tsx';
import { AlertsPanel } from '../parts/posture/alerts-panel.tsx';
import { AnomalyPanel } from '../parts/posture/anomaly-panel.tsx';
import { CoveragePanel } from '../parts/posture/coverage-panel.tsx';
import { HeatPanel } from '../parts/posture/heat-panel.tsx';
import { KindsPanel } from '../parts/posture/kinds-panel.tsx';
import { MarksPanel } from '../parts/posture/marks-panel.tsx';
import { ReportPanel } from '../parts/posture/report-panel.tsx';
import { PostureSummary } from '../parts/posture/summary.tsx';
import { TrendChart, TrendTable } from '../parts/posture/trend-chart.tsx';
import { UnitsPanel } from '../parts/posture/units-panel.tsx';

const SPANS = TREND_SPANS.map((days) => String(days) as `${TrendSpan}`);
const SPAN_NAMES = Object.fromEntries(TREND_SPANS.map((days) => [days, TREND_SPAN_NAMES[days]]));

/** Risk over all nodes: the latest known state, and its course. */
export function PostureView({ onLocked }: { readonly onLocked: () => void }) {
  const [days, setDays] = useState<TrendSpan>(FIRST_TREND.days);
  const [block, setBlock] = useState<string>(FIRST_TREND.block);
  const [turn, setTurn] = useState(0);
  const parameters: TrendParameters = { days, block };
  const { data, trouble, code } = useReading<PostureAnswer>('/api/posture', { ...parameters }, onLocked, turn);
  const fleet = useReading<FleetPage>('/api/fleet', {}, onLocked);
  const alerts = useReading<AlertReport>('/api/alerts', {}, onLocked);
  return (
    <>
      <div class="head">
        <h1>Security posture</h1>
        {data && <Source source={data.source} until={data.until} />}
        <Segments
          label="Span of time"
          options={SPANS}
          names={SPAN_NAMES as Record<`${TrendSpan}`, string>}
          chosen={`${days}`}
          onChoose={(chosen) => setDays(Number(chosen) as TrendSpan)}
        />
        {data && data.source.blocks.length > 1 && (
          <select aria-label="Unit" value={block} onChange={(event) => setBlock(event.currentTarget.value)}>
            {data.source.blocks.map((name) => (
              <option key={name} value={name}>
                {name === 'organisation' ? 'everybody' : name}
              </option>
            ))}
          </select>
        )}
      </div>
      {data ? (
        <div class="grid">
          <PostureSummary answer={data} fleet={fleet.data} />
          <TrendPanel answer={data} />
          <CoveragePanel fleet={fleet.data} trouble={fleet.trouble} />
          <AlertsPanel {...alerts} />
          <ReportPanel parameters={parameters} onLocked={onLocked} />
          <KindsPanel kinds={data.posture.kinds} levels={data.posture.levels} agents={data.posture.agents} />
          <UnitsPanel parameters={parameters} onLocked={onLocked} />
          <HeatPanel parameters={parameters} onLocked={onLocked} />
          <MarksPanel answer={data} onChange={() => setTurn(turn + 1)} onLocked={onLocked} />
          <AnomalyPanel anomalies={data.posture.anomalies} />
        </div>
      ) : (
        <Nothing trouble={trouble} code={code} fleet={fleet} />
      )}
    </>
  );
}

function Source({ source, until }: { readonly source: TrendSource; readonly until: string }) {
  return (
    <span class="quiet">
      {source.source === 'totals'
        ? `Source: released totals of “${source.name}”, until ${utcDate(until)}.`
        : `Source: saved answers of single days, until ${utcDate(until)}.`}{' '}
      Days are UTC.
    </span>
  );
}

function TrendPanel({ answer: { posture, marks, source } }: { readonly answer: PostureAnswer }) {
  const { points, previous, gaps } = posture;
  const others = gaps.days - gaps.incomplete - gaps.belowFloor;
  const absent =
    source.source === 'totals'
      ? `${others === 1 ? 'was' : 'were'} not released`
      : `${others === 1 ? 'has' : 'have'} no saved answer`;
  const reasons = [
    gaps.incomplete > 0 && `${counted(gaps.incomplete, 'day')} had too few of the reports`,
    gaps.belowFloor > 0 && `${counted(gaps.belowFloor, 'day')} had fewer nodes than the floor`,
    others > 0 && `${counted(others, 'day')} ${absent}`,
  ].filter((reason) => reason !== false);
  return (
    <Panel title={`Risky commands by ${points.some(({ days }) => days > 1) ? 'week' : 'day'}`} class="span-8">
      <TrendChart points={points} previous={previous} marks={marks} />
      <p class="quiet small">
        A figure of fewer than {counted(source.floor, 'node')} is withheld, and so is one that would reveal it
        {reasons.length > 0 && `; ${reasons.join(', ')}`}. What is unknown is a gap, not a zero.
      </p>
      <TrendTable points={points} previous={previous} marks={marks} />
    </Panel>
  );
}

interface NothingProps extends Pick<Reading<PostureAnswer>, 'trouble' | 'code'> {
  readonly fleet: { readonly data: FleetPage | null; readonly trouble: string | null };
}

/** Before the first totals or saved answers. */
function Nothing({ trouble, code, fleet }: NothingProps) {
  if (trouble === null) return <p class="quiet">Loading …</p>;
  if (code !== 'not_found') return <p class="notice">{trouble}</p>;
  return (
    <div class="grid">
      <Panel title="No figures yet" class="span-8">
        <p class="statement">
          <strong>Nothing is stored that could be shown.</strong>
        </p>
        <ol class="todo">
          <li>
            <a href="#/ask">Ask the mesh</a> now, or once a day: <code>daily = ["safety-posture", "anomalies"]</code>{' '}
            under <code>[analyst]</code> in <code>caro.toml</code>.
          </li>
          <li>
            For many nodes, and without the figures of single ones: blind totals, <code>caro blind create</code>.
          </li>
        </ol>
      </Panel>
      <CoveragePanel fleet={fleet.data} trouble={fleet.trouble} />
    </div>
  );
}
