import type { ComponentChildren, JSX } from 'preact';
import { ANOMALY_KINDS } from '../../../../domain/anomalies/anomaly.ts';
import type { QueryResult } from '../../../../domain/answers/query.ts';
import { SHELLS } from '../../../../domain/events/shell-kind.ts';
import type { QueryType } from '../../../../domain/policy/trust.ts';
import { WEEKDAYS } from '../../../../domain/time/local-time.ts';
import { count, inWords, moment } from '../../model/format.ts';
import { ANOMALY_NAMES, QUERY_NAMES, WITHHELD_MEANS } from '../../model/mesh-words.ts';
import { Panel } from '../common/panel.tsx';
import { SmallBars } from '../common/small-bars.tsx';
import { CellBars } from './cell-bars.tsx';
import { FamilyTable } from './family-table.tsx';
import { RiskCells } from './risk-cells.tsx';

type Cells = NonNullable<QueryResult['aggregate']>;

interface Props {
  readonly result: QueryResult;
  /** Controls beside the title. */
  readonly tools?: ComponentChildren;
}

/** The sum over all nodes that answered, and what is withheld and why. */
export function AnswerPanel({ result, tools }: Props) {
  const { type, since, until, contributors, aggregate } = result;
  const nodes = `${count(contributors)} ${contributors === 1 ? 'node' : 'nodes'}`;
  return (
    <Panel
      title={`${QUERY_NAMES[type]}, sum`}
      class="span-12"
      aside={
        <span class="quiet">
          {nodes} · {moment(since)} – {moment(until)} {tools}
        </span>
      }
    >
      <Withheld result={result} />
      {aggregate && <Figures type={type} cells={aggregate} />}
    </Panel>
  );
}

/** Why a sum over few people is withheld. */
function Withheld({ result: { withheld, withheldBy, contributors, counts } }: { readonly result: QueryResult }) {
  if (withheld)
    return (
      <>
        <p class="statement">
          <strong>{contributors === 0 ? 'There are no figures.' : 'The sum is withheld.'}</strong>{' '}
          {contributors === 0
            ? 'No node answered with figures.'
            : `Only ${count(contributors)} answered with figures. A sum over so few nodes would reveal single people.`}
        </p>
        {contributors > 0 && (
          <p class="quiet">
            It is shown when enough nodes answer: <code>min_contributors</code> under <code>[privacy]</code>, 5 unless
            it was changed.
          </p>
        )}
      </>
    );
  return (
    <>
      {counts.suppressed > 0 && (
        <p class="quiet small">
          {count(counts.suppressed)} answered in sums only and are left out: they are too few to hide one another.
        </p>
      )}
      {[...new Set(Object.values(withheldBy))].map((rule) => (
        <p key={rule} class="quiet small">
          Withheld, marked “–”:{' '}
          <span class="mono">{inWords(Object.keys(withheldBy).filter((cell) => withheldBy[cell] === rule))}</span>.{' '}
          {WITHHELD_MEANS[rule]}
        </p>
      ))}
    </>
  );
}

function Figures({ type, cells }: { readonly type: QueryType; readonly cells: Cells }) {
  return FIGURES[type](cells);
}

/** What is shown of the cells of each query type. */
const FIGURES: Readonly<Record<QueryType, (cells: Cells) => JSX.Element>> = {
  'safety-posture': (cells) => <RiskCells cells={cells} />,
  'tool-usage': (cells) => <FamilyTable cells={cells} />,
  'recent-commands': (cells) => (
    <CellBars
      title="Commands by kind of tool"
      rows={rowsOf(cells, /^families\.(.+)\.count$/)}
      unit="commands"
      total={cells['commands']}
    />
  ),
  'activity-patterns': (cells) => <Rhythm cells={cells} />,
  anomalies: (cells) => (
    <CellBars
      title="Unusual stretches of time"
      rows={ANOMALY_KINDS.map((kind) => ({ name: ANOMALY_NAMES[kind], value: cells[`anomalies.${kind}`] ?? null }))}
      unit="times"
      total={cells['anomalies']}
      hasZeros
    />
  ),
  'node-health': (cells) => (
    <div class="columns">
      <CellBars
        title="Observation"
        rows={['commands', 'redacted', 'dropped'].map((name) => ({ name, value: cells[name] ?? null }))}
        unit="commands"
        hasZeros
      />
      <CellBars
        title="Nodes on which a shell reports"
        rows={SHELLS.map((name) => ({ name, value: cells[`shells.${name}`] ?? null }))}
        unit="nodes"
        hasZeros
      />
    </div>
  ),
};

function Rhythm({ cells }: { readonly cells: Cells }) {
  const hours = Array.from({ length: 24 }, (_, hour) => cells[`hours.${hour}`] ?? null);
  const weekdays = WEEKDAYS.map((day) => cells[`weekdays.${day}`] ?? null);
  return (
    <>
      <p>{cells['commands'] == null ? 'The total is withheld.' : `${count(cells['commands'])} commands.`}</p>
      <div class="rhythm wide">
        <div>
          <h3>Hours of the day, in each node's own time</h3>
          <SmallBars values={hours} names={['0', '6', '12', '18', '24']} label="Commands per hour of the day" />
        </div>
        <div>
          <h3>Days of the week</h3>
          <SmallBars values={weekdays} names={['M', 'T', 'W', 'T', 'F', 'S', 'S']} label="Commands per weekday" />
        </div>
      </div>
    </>
  );
}

/** Cells whose name fits, with the part of it that matters. */
export const rowsOf = (cells: Cells, name: RegExp) =>
  Object.entries(cells).flatMap(([cell, value]) => {
    const found = name.exec(cell)?.[1];
    return found === undefined ? [] : [{ name: found, value }];
  });
