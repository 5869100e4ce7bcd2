import type { QueryTarget } from '../../../../domain/answers/query.ts';
import { naturalOrder } from '../../../../domain/natural-order.ts';
import { TARGET_STATES, type TargetState } from '../../../../domain/policy/trust.ts';
import type { Question } from '../../data/use-question.ts';
import { count, counted, duration, nodeName } from '../../model/format.ts';
import { SILENCE_MEANS, STATE_MEANS, STATE_NAMES } from '../../model/mesh-words.ts';
import { Panel } from '../common/panel.tsx';
import { AnswerReading } from './answer-reading.tsx';

type Row = Pick<QueryTarget, 'id' | 'name' | 'state'> & Partial<QueryTarget>;

const SEVERITIES = { 'lamp good': 0, lamp: 1, 'lamp wait': 2, 'lamp bad': 3 } as const;
const LAMPS: Readonly<Record<TargetState, keyof typeof SEVERITIES>> = {
  answered: 'lamp good',
  no_data: 'lamp',
  access_denied: 'lamp wait',
  no_response: 'lamp bad',
  skewed: 'lamp bad',
  error: 'lamp bad',
  suppressed: 'lamp wait',
};

interface TargetsPanelProps {
  readonly question: Question;
  /** Id of this node, which others need to authorize it. */
  readonly node: string;
}

/** Every node that was asked, with its state, updated as they answer. */
export function TargetsPanel({ question: { isAsking, progress, result }, node }: TargetsPanelProps) {
  const rows: readonly Row[] = result ? troublesFirst(result.targets) : (progress?.targets ?? []);
  if (!result && !isAsking) return null;
  const pending = result ? 0 : (progress?.pending ?? 0);
  return (
    <Panel title="Nodes" class="span-12" aside={<Tally rows={rows} pending={pending} elapsedMs={result?.elapsedMs} />}>
      {result && <Verdict rows={rows} node={node} />}
      <Coverage rows={rows} pending={pending} />
      <Rows rows={rows} />
    </Panel>
  );
}

/** Exceptions are listed; nodes that answered without a summary of their own are collapsed. */
function Rows({ rows }: { readonly rows: readonly Row[] }) {
  const isUsual = ({ state, summary }: Row): boolean => state === 'answered' && summary === undefined;
  const usual = rows.filter(isUsual);
  const others = rows.filter((row) => !isUsual(row));
  return (
    <>
      {others.length > 0 && (
        <ul class="targets">
          {others.map((row) => (
            <Target key={row.id} row={row} />
          ))}
        </ul>
      )}
      {usual.length > 0 && (
        <details class="targets-usual">
          <summary>
            {counted(usual.length, 'node')} answered; {usual.length === 1 ? 'its figures are' : 'their figures are'}{' '}
            part of the sum
          </summary>
          <ul class="targets-names">
            {usual.map(({ id, name, elapsedMs }) => (
              <li key={id} title={id}>
                {nodeName(id, name)}{' '}
                <span class="quiet nums">{elapsedMs === undefined ? '' : duration(elapsedMs)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Tally(props: {
  readonly rows: readonly Row[];
  readonly pending: number;
  readonly elapsedMs: number | undefined;
}) {
  const { rows, pending, elapsedMs } = props;
  const tally = new Map<string, number>();
  for (const row of [...rows].sort((one, other) => orderOf(one) - orderOf(other)))
    tally.set(labelOf(row), (tally.get(labelOf(row)) ?? 0) + 1);
  const parts = [...tally].map(([label, number]) => `${count(number)} ${label}`);
  const all = `${count(rows.length + pending)} asked`;
  return (
    <span class="quiet" role="status">
      {[all, ...parts, ...(pending > 0 ? [`${count(pending)} pending`] : [])].join(' · ')}
      {elapsedMs !== undefined && ` · ${duration(elapsedMs)}`}
    </span>
  );
}

/** The states as parts of one bar; the words next to it say the same. */
function Coverage({ rows, pending }: { readonly rows: readonly Row[]; readonly pending: number }) {
  return (
    <div class="coverage" aria-hidden="true">
      {TARGET_STATES.flatMap((state) =>
        rows.filter((row) => row.state === state).map((row) => <i key={row.id} class={LAMPS[state]} />),
      )}
      {Array.from({ length: pending }, (_, index) => (
        <i key={index} class="pulse" />
      ))}
    </div>
  );
}

/**
 * If no node lets this one ask, this says so first, and what to do.
 */
function Verdict({ rows, node }: { readonly rows: readonly Row[]; readonly node: string }) {
  const denied = rows.filter((row) => row.state === 'access_denied').length;
  if (rows.length === 0)
    return (
      <p class="statement">
        <strong>No node was asked.</strong> Only nodes with a trust level of their own are asked. Set one with{' '}
        <code>caro trust set</code>.
      </p>
    );
  if (denied < rows.length) return null;
  return (
    <>
      <p class="statement">
        <strong>No node lets this one ask.</strong> All {count(rows.length)} denied the query.
      </p>
      <p class="quiet">
        Each owner decides. To get aggregates, ask them to run{' '}
        <code class="wrap">caro trust set {node} supervisor</code> and <code>caro sharing enable</code>.
      </p>
    </>
  );
}

/** Nodes whose figures are missing come first, the others last, each by name. */
const troublesFirst = (targets: readonly Row[]): readonly Row[] =>
  [...targets].sort(
    (one, other) =>
      SEVERITIES[LAMPS[other.state]] - SEVERITIES[LAMPS[one.state]] ||
      naturalOrder(one.name ?? one.id, other.name ?? other.id),
  );

const orderOf = ({ state }: Row): number => TARGET_STATES.indexOf(state);

const labelOf = ({ state, silence }: Row): string => silence ?? STATE_NAMES[state];

function Target({ row }: { readonly row: Row }) {
  return (
    <li>
      <span class="target-name">
        <span class={LAMPS[row.state]} aria-hidden="true" />{' '}
        <strong title={row.id}>{nodeName(row.id, row.name)}</strong>
      </span>
      <span>{labelOf(row)}</span>
      <span class="quiet">{row.silence === undefined ? STATE_MEANS[row.state] : SILENCE_MEANS[row.silence]}</span>
      <span class="quiet nums">{row.elapsedMs === undefined ? '' : duration(row.elapsedMs)}</span>
      {row.summary && (
        <details>
          <summary>What {nodeName(row.id, row.name)} lets this node see</summary>
          <AnswerReading summary={row.summary} />
        </details>
      )}
    </li>
  );
}
