import { useState } from 'preact/hooks';
import type {
  BlindStatus,
  DayCells,
  Delivery,
  ReportedDay,
  ReportStop,
} from '../../../../domain/blind/participation.ts';
import type { ReportedDays } from '../../data/contract.ts';
import { useChange } from '../../data/use-change.ts';
import { useReading } from '../../data/use-reading.ts';
import { count, fullTime, moment } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';

const STOPPED: Readonly<Record<ReportStop, string>> = {
  'mesh.enabled': 'The mesh is off, so no report leaves.',
  'sharing.level': 'Sharing is off, so no report leaves.',
  'blind.report': 'You have stopped the reports.',
  'blind.floor': 'The task allows totals over fewer nodes than you accept, so no report leaves.',
};

interface BlindPanelProps {
  readonly nameOf: (id: string) => string;
  readonly onLocked: () => void;
}

/** This node's part in blind totals; nothing where it takes part in none. */
export function BlindPanel({ nameOf, onLocked }: BlindPanelProps) {
  const [turn, setTurn] = useState(0);
  const { data } = useReading<BlindStatus>('/api/blind', {}, onLocked, turn);
  const change = useChange(() => setTurn((before) => before + 1), onLocked);
  if (!data?.task) return null;
  const isOn = data.stoppedBy !== 'blind.report';
  const set = (report: boolean): void => void change.run('/api/settings', { set: 'blind', report });
  return (
    <Panel title="Blind totals" class="span-12">
      <Statement status={data} task={data.task} nameOf={nameOf} />
      <div class="actions">
        <button type="button" disabled={change.isBusy} onClick={() => set(!isOn)}>
          {isOn ? 'Stop reports' : 'Send reports again'}
        </button>
      </div>
      {change.trouble && (
        <p class="notice" role="alert">
          {change.trouble}
        </p>
      )}
      <Days onLocked={onLocked} turn={turn} />
      <NextReport onLocked={onLocked} />
    </Panel>
  );
}

interface StatementProps {
  readonly status: BlindStatus;
  readonly task: NonNullable<BlindStatus['task']>;
  readonly nameOf: (id: string) => string;
}

function Statement({ status: { stoppedBy, forked }, task, nameOf }: StatementProps) {
  const { name, leader, trustee, floor } = task;
  return (
    <>
      <p class="statement" role="status">
        <span class={stoppedBy === null ? 'lamp wait' : 'lamp good'} aria-hidden="true" />{' '}
        <strong>{stoppedBy === null ? `One report a day for the task “${name}”.` : STOPPED[stoppedBy]}</strong> Each
        report is split between {nameOf(leader)} (leader) and {nameOf(trustee)} (trustee). Neither can read your
        figures. Together they obtain totals over at least {count(floor)} nodes.
      </p>
      <p class="quiet">
        Both see that this node takes part. If they combine what they have, they can read everything. Supervisors get no
        figures of this node alone.
      </p>
      {forked && (
        <p class="notice" role="alert">
          The trustee’s release log contradicts what it said before. Ask the trustee about it.
        </p>
      )}
    </>
  );
}

function Days({ onLocked, turn }: { readonly onLocked: () => void; readonly turn: number }) {
  const { data, trouble } = useReading<ReportedDays>('/api/blind/days', {}, onLocked, turn);
  if (!data) return <p class="quiet">{trouble ?? 'Loading …'}</p>;
  if (data.days.length === 0) return <p class="quiet">No report yet. The first one follows the end of this UTC day.</p>;
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">Day (UTC)</th>
          <th scope="col">Report</th>
          <th scope="col">Leader</th>
          <th scope="col">Trustee</th>
          <th scope="col">Total</th>
        </tr>
      </thead>
      <tbody>
        {data.days.map((day) => (
          <tr key={day.day}>
            <td class="nums">{day.day}</td>
            <td title={fullTime(day.madeAt ?? day.dueAt)}>
              {day.madeAt === null ? `due ${moment(day.dueAt)}` : `made ${moment(day.madeAt)}`}
            </td>
            <td>{receipt(day.leader)}</td>
            <td>{receipt(day.trustee)}</td>
            <td>{totalText(day)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function receipt(delivery: Delivery | null): string {
  if (delivery === null) return '';
  if (delivery.refused !== null) return `refused: ${delivery.refused}`;
  return delivery.receivedAt === null ? 'waits' : `receipt ${moment(delivery.receivedAt)}`;
}

function totalText({ release, madeAt }: ReportedDay): string {
  if (release === null) return madeAt === null ? '' : 'not released yet';
  if (release.contributors !== null) return `included in a total of ${count(release.contributors)}`;
  return release.withheld === null ? 'not included' : `withheld: ${release.withheld}`;
}

/** Every cell of the next report, before it is sent. */
function NextReport({ onLocked }: { readonly onLocked: () => void }) {
  const { data, trouble } = useReading<DayCells>('/api/blind/preview', {}, onLocked);
  if (!data) return <p class="quiet">{trouble ?? 'Preparing the next report …'}</p>;
  const filled = data.cells.filter(({ value }) => value > 0);
  return (
    <details class="bytes">
      <summary>
        The next report, about {data.day}
        {data.closed ? '' : ' so far'}: {count(data.cells.length)} cells, {count(filled.length)} of them not 0
      </summary>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Cell</th>
            <th scope="col" class="right">
              Bits
            </th>
            <th scope="col" class="right">
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {[...filled, ...data.cells.filter(({ value }) => value === 0)].map(({ name, bits, value }) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="right">{count(bits)}</td>
              <td class="right">{count(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
