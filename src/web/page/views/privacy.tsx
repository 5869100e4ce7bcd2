import { useState } from 'preact/hooks';
import { alongKeys } from '../../../domain/identity/key-state.ts';
import type { TrustRules } from '../../../domain/policy/policy.ts';
import { PERIOD_KINDS, type PeriodKind } from '../../../domain/time/period.ts';
import type { Aggregates, ChangedKeys, Preview, Summaries } from '../data/contract.ts';
import { useReading } from '../data/use-reading.ts';
import { bytes, count, fullTime, moment, nodeName } from '../model/format.ts';
import { Panel } from '../parts/common/panel.tsx';
import { Segments } from '../parts/common/segments.tsx';
import { TableHead } from '../parts/common/table-head.tsx';
import { BlindPanel } from '../parts/privacy/blind-panel.tsx';
import { DealingsPanel } from '../parts/privacy/dealings-panel.tsx';
import { DigestPanel } from '../parts/privacy/digest-panel.tsx';
import { EgressPanel } from '../parts/privacy/egress-panel.tsx';
import { OrganizationPanel } from '../parts/privacy/organization-panel.tsx';
import { SharingPanel } from '../parts/privacy/sharing-panel.tsx';
import { SummaryReading } from '../parts/privacy/summary-reading.tsx';
import { TrustPanel } from '../parts/privacy/trust-panel.tsx';
import { VectorReading } from '../parts/privacy/vector-reading.tsx';

const PERIOD_NAMES: Readonly<Record<PeriodKind, string>> = { hourly: 'Hour', daily: 'Day', weekly: 'Week' };

/**
 * What others could learn (FR-504), what they asked and got, what left, and the owner's settings.
 */
export function PrivacyView({ onLocked }: { readonly onLocked: () => void }) {
  const [turn, setTurn] = useState(0);
  const trust = useReading<TrustRules>('/api/trust', {}, onLocked, turn);
  const keys = useReading<ChangedKeys>('/api/trust/keys', {}, onLocked, turn);
  const summaries = useReading<Summaries>('/api/summaries', {}, onLocked);
  const known = trust.data ? [...trust.data.nodes, ...trust.data.deniedNodes, ...trust.data.others] : [];
  const nameOf = (id: string): string =>
    nodeName(
      id,
      alongKeys(keys.data?.changes ?? [], id, (key) => known.find((node) => node.id === key)?.name),
    );
  return (
    <>
      <div class="head">
        <h1>Privacy</h1>
      </div>
      <div class="grid">
        <DigestPanel nameOf={nameOf} onLocked={onLocked} />
        <SharingPanel onLocked={onLocked} refresh={turn} />
        <OrganizationPanel onLocked={onLocked} onChanged={() => setTurn((before) => before + 1)} />
        <BlindPanel nameOf={nameOf} onLocked={onLocked} />
        <DealingsPanel nameOf={nameOf} onLocked={onLocked} />
        <TrustPanel
          trust={trust}
          keys={keys}
          nameOf={nameOf}
          onChanged={() => setTurn((before) => before + 1)}
          onLocked={onLocked}
        />
        <EgressPanel nameOf={nameOf} onLocked={onLocked} />
        <PreviewPanel onLocked={onLocked} />
        <VectorPanel onLocked={onLocked} />
        <Panel title="Summaries kept" class="span-12">
          {summaries.data ? (
            <Kept summaries={summaries.data} />
          ) : (
            <p class="quiet">{summaries.trouble ?? 'Loading …'}</p>
          )}
        </Panel>
      </div>
    </>
  );
}

function PreviewPanel({ onLocked }: { readonly onLocked: () => void }) {
  const [period, setPeriod] = useState<PeriodKind>('daily');
  const preview = useReading<Preview>('/api/summary', { period }, onLocked);
  return (
    <Panel
      title="What a summary would say"
      class="span-12"
      folds
      aside={
        <Segments label="Period" options={PERIOD_KINDS} names={PERIOD_NAMES} chosen={period} onChoose={setPeriod} />
      }
    >
      {preview.data ? (
        <PreviewBody preview={preview.data} />
      ) : (
        <p class="quiet">{preview.trouble ?? 'Preparing the summary …'}</p>
      )}
    </Panel>
  );
}

function VectorPanel({ onLocked }: { readonly onLocked: () => void }) {
  const { data, trouble } = useReading<Aggregates>('/api/aggregates', {}, onLocked);
  return (
    <Panel title="What an answer for a sum would say" class="span-12" folds>
      {data ? <VectorReading vectors={data.vectors} /> : <p class="quiet">{trouble ?? 'Preparing the figures …'}</p>}
    </Panel>
  );
}

function PreviewBody({ preview }: { readonly preview: Preview }) {
  return (
    <>
      {!preview.closed && (
        <p class="quiet">No such period with commands has ended yet. This is the current one so far.</p>
      )}
      <SummaryReading payload={preview.payload} />
      <details class="bytes">
        <summary>The exact bytes: {bytes(preview.bytes)}, signed</summary>
        <p class="quiet">The document as it would leave, byte for byte, and its decoded payload.</p>
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
  if (summaries.length === 0)
    return <p class="quiet">None yet. A summary is made at the end of each hour, day and week.</p>;
  return (
    <table class="figures">
      <TableHead columns={['Period from', 'Kind', 'Made', { number: 'Revision' }, { number: 'Size' }]} />
      <tbody>
        {summaries.map((line) => (
          <tr key={line.id}>
            <td class="nums" title={fullTime(line.start)}>
              {moment(line.start)}
            </td>
            <td>{PERIOD_NAMES[line.kind].toLowerCase()}</td>
            <td class="nums" title={fullTime(line.createdAt)}>
              {moment(line.createdAt)}
            </td>
            <td class="right">{count(line.revision)}</td>
            <td class="right">{bytes(line.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
