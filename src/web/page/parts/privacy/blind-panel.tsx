import { useState } from 'preact/hooks';
import type { BlindStatus, DayCells, ReportStop } from '../../../../domain/blind/participation.ts';
import { reportOutcome } from '../../../../domain/blind/report-outcome.ts';
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

const ROLES = ['leader', 'trustee'] as const;

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

function Statement({ status: { live, stoppedBy, forked }, task, nameOf }: StatementProps) {
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
        Both see that this node takes part. If they combine what they have, they can read everything. Supervisors{' '}
        {live ? 'still get figures of this node alone (sharing.live = true).' : 'get no figures of this node alone.'}
      </p>
      {ROLES.filter((role) => !task.mayConnect[role]).map((role) => (
        <p key={role} class="notice" role="alert">
          {nameOf(task[role])} ({role}) may not connect, so it gets no report. Trust it:{' '}
          <code class="wrap">caro trust set {nameOf(task[role])} supervisor</code>
        </p>
      ))}
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
    <>
      <h3>Reports by UTC day</h3>
      <ul class="plain-rows dated">
        {data.days.map((day) => (
          <li key={day.day}>
            <time class="nums quiet" dateTime={day.day} title={fullTime(day.madeAt ?? day.dueAt)}>
              {day.day}
            </time>
            <span>{reportOutcome(day, moment)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Every cell of the next report, before it is sent. */
function NextReport({ onLocked }: { readonly onLocked: () => void }) {
  const { data, trouble } = useReading<DayCells>('/api/blind/preview', {}, onLocked);
  if (!data) return <p class="quiet">{trouble ?? 'Preparing the next report …'}</p>;
  const filled = data.cells.filter(({ value }) => value > 0);
  const zeros = data.cells.filter(({ value }) => value === 0).map(({ name }) => name);
  return (
    <details class="bytes">
      <summary>
        The next report, about {data.day}
        {data.closed ? '' : ' so far'}: {count(data.cells.length)} cells, {count(filled.length)} of them not 0
      </summary>
      <div class="reading">
        <ul class="counts flowing">
          {filled.map(({ name, value }) => (
            <li key={name}>
              <span class="mono">{name}</span> <span class="nums">{count(value)}</span>
            </li>
          ))}
        </ul>
        <details class="quiet small">
          <summary>0 in the other {count(zeros.length)} cells</summary>
          <span class="mono">{zeros.join(', ')}</span>
        </details>
      </div>
    </details>
  );
}
