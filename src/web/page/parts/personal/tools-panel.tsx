import { useState } from 'preact/hooks';
import type { NamedUsage } from '../../../../domain/summaries/summary.ts';
import { count, medianText, rate } from '../../model/format.ts';
import { failureRate, medianDuration, TOOL_ORDERS, type ToolOrder, topTools } from '../../model/usage.ts';
import { Panel } from '../common/panel.tsx';
import { Segments } from '../common/segments.tsx';
import { TableHead } from '../common/table-head.tsx';
import { Track } from '../common/track.tsx';

const MOST = 9;
const ORDER_NAMES: Readonly<Record<ToolOrder, string>> = { used: 'Most used', failing: 'Failing', slow: 'Slowest' };
const EMPTY: Readonly<Record<ToolOrder, string>> = {
  used: 'No commands in this period.',
  failing: 'No tool with at least three runs of known outcome has failed.',
  slow: 'No tool has at least three measured runs yet.',
};

/** Tools with runs, failures and duration. */
export function ToolsPanel({ tools }: { readonly tools: readonly NamedUsage[] }) {
  const [order, setOrder] = useState<ToolOrder>('used');
  const shown = topTools(tools, order, MOST);
  const most = Math.max(1, ...shown.map((usage) => usage.count));
  return (
    <Panel
      title="Tools"
      class="span-5"
      aside={
        <Segments label="Order of tools" options={TOOL_ORDERS} names={ORDER_NAMES} chosen={order} onChoose={setOrder} />
      }
    >
      {shown.length === 0 ? (
        <p class="quiet">{EMPTY[order]}</p>
      ) : (
        <table class="figures">
          <TableHead
            columns={[
              'Tool',
              { number: 'Runs' },
              { number: 'Failed', title: 'Of the runs whose exit status is known' },
              { number: 'Median', title: 'Of the measured runs; ~ is estimated from duration classes' },
            ]}
          />
          <tbody>
            {shown.map((usage) => (
              <ToolRow key={usage.name} usage={usage} most={most} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function ToolRow({ usage, most }: { readonly usage: NamedUsage; readonly most: number }) {
  const median = medianDuration(usage);
  const failed = failureRate(usage);
  return (
    <tr>
      <th scope="row">
        <Track value={usage.count} most={most} />
        <span class="mono">{usage.name}</span>
      </th>
      <td class="right">{count(usage.count)}</td>
      <td class={`right ${(failed ?? 0) >= 0.2 ? 'fail' : ''}`}>{rate(failed)}</td>
      <td class="right">{median === null ? '–' : medianText(median)}</td>
    </tr>
  );
}
