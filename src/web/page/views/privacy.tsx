import { useState } from 'preact/hooks';
import { PERIOD_KINDS, type PeriodKind } from '../../../domain/period.ts';
import type { AuditPage, Preview, Sharing, Summaries } from '../contract.ts';
import { bytes, count, fullTime } from '../format.ts';
import { AuditRecords } from '../parts/audit-records.tsx';
import { Panel } from '../parts/panel.tsx';
import { Segments } from '../parts/segments.tsx';
import { SummaryReading } from '../parts/summary-reading.tsx';
import { useReading } from '../use-reading.ts';

const PERIOD_NAMES: Readonly<Record<PeriodKind, string>> = { hourly: 'Hour', daily: 'Day', weekly: 'Week' };

/** What others could learn, before they do (FR-504): the sharing level in plain words, and the document itself. */
export function PrivacyView({ onLocked }: { readonly onLocked: () => void }) {
  const sharing = useReading<Sharing>('/api/sharing', {}, onLocked);
  const summaries = useReading<Summaries>('/api/summaries', {}, onLocked);
  return (
    <>
      <div class="head">
        <h1>Privacy</h1>
      </div>
      <div class="grid">
        <Panel title="What leaves this machine" class="span-12">
          {sharing.data ? (
            <SharingState sharing={sharing.data} />
          ) : (
            <p class="quiet">{sharing.trouble ?? 'Reading …'}</p>
          )}
        </Panel>
        <Dealings onLocked={onLocked} />
        <PreviewPanel onLocked={onLocked} />
        <Panel title="Summaries kept" class="span-12">
          {summaries.data ? (
            <Kept summaries={summaries.data} />
          ) : (
            <p class="quiet">{summaries.trouble ?? 'Reading …'}</p>
          )}
        </Panel>
      </div>
    </>
  );
}

const LEVELS = [
  {
    title: 'Nothing is shared',
    text: 'No summary and no figure leaves this machine, whoever asks.',
  },
  {
    title: 'Summaries and aggregates may be shared',
    text: 'Nodes that you trust with it may get the summary below, and figures summed over its period.',
  },
  {
    title: 'Only aggregates may be shared',
    text: 'Nodes that you trust with it may get sums that go into the figures of a group; no summary leaves.',
  },
] as const;

function SharingState({ sharing }: { readonly sharing: Sharing }) {
  const level = LEVELS[sharing.level];
  return (
    <>
      <p class="statement">
        <span class={sharing.level === 0 ? 'lamp good' : 'lamp wait'} aria-hidden="true" />{' '}
        <strong>{level.title}.</strong> {level.text}
      </p>
      <p class="quiet">
        The text of a command, a path, or anything you typed never leaves, at any level. Change it with{' '}
        <code>caro sharing enable</code> or <code>caro sharing disable</code>.
        {sharing.denyTools.length > 0 && ` Left out of everything: ${sharing.denyTools.join(', ')}.`}
      </p>
    </>
  );
}

/** What others asked and got, by the audit log; the most recent of each kind. */
function Dealings({ onLocked }: { readonly onLocked: () => void }) {
  const asked = useReading<AuditPage>('/api/audit', { type: 'query.received', limit: 20 }, onLocked);
  const answered = useReading<AuditPage>('/api/audit', { type: 'query.answered', limit: 20 }, onLocked);
  const sent = useReading<AuditPage>('/api/audit', { type: 'summary.sent', limit: 20 }, onLocked);
  const readings = [asked, answered, sent];
  const records = readings.flatMap(({ data }) => data?.records ?? []).sort((one, other) => other.seq - one.seq);
  const trouble = readings.find((reading) => reading.trouble !== null)?.trouble;
  const isRead = readings.every(({ data }) => data !== null);
  return (
    <Panel title="Who asked, and what left" class="span-12">
      {records.length > 0 && <AuditRecords records={records} />}
      {records.length === 0 && (
        <p class="quiet">{trouble ?? (isRead ? 'Nobody has asked, and nothing has left.' : 'Reading …')}</p>
      )}
    </Panel>
  );
}

function PreviewPanel({ onLocked }: { readonly onLocked: () => void }) {
  const [period, setPeriod] = useState<PeriodKind>('daily');
  const preview = useReading<Preview>('/api/summary', { period }, onLocked);
  return (
    <Panel
      title="What a summary would say"
      class="span-12"
      aside={
        <Segments label="Period" options={PERIOD_KINDS} names={PERIOD_NAMES} chosen={period} onChoose={setPeriod} />
      }
    >
      {preview.data ? (
        <PreviewBody preview={preview.data} />
      ) : (
        <p class="quiet">{preview.trouble ?? 'Making the summary …'}</p>
      )}
    </Panel>
  );
}

function PreviewBody({ preview }: { readonly preview: Preview }) {
  return (
    <>
      {!preview.closed && (
        <p class="quiet">No such period with commands is over yet; this is the running one so far.</p>
      )}
      <SummaryReading payload={preview.payload} />
      <details class="bytes">
        <summary>The exact bytes: {bytes(preview.bytes)}, signed</summary>
        <p class="quiet">This is all that would leave: the document, byte for byte, and what its payload decodes to.</p>
        <pre>
          <code>{preview.envelope}</code>
        </pre>
        <pre>
          <code>{preview.payload}</code>
        </pre>
      </details>
    </>
  );
}

function Kept({ summaries: { summaries } }: { readonly summaries: Summaries }) {
  if (summaries.length === 0) return <p class="quiet">None yet. One is made when an hour, a day or a week is over.</p>;
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">Period from</th>
          <th scope="col">Kind</th>
          <th scope="col">Made</th>
          <th scope="col" class="right">
            Revision
          </th>
          <th scope="col" class="right">
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {summaries.map((line) => (
          <tr key={line.id}>
            <td class="nums">{fullTime(line.start)}</td>
            <td>{PERIOD_NAMES[line.kind].toLowerCase()}</td>
            <td class="nums">{fullTime(line.createdAt)}</td>
            <td class="right">{count(line.revision)}</td>
            <td class="right">{bytes(line.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
