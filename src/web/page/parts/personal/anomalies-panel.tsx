import type { AnomalyReport } from '../../../../domain/anomalies/anomaly.ts';
import { useReading } from '../../data/use-reading.ts';
import { count } from '../../model/format.ts';
import { ANOMALY_NAMES } from '../../model/mesh-words.ts';
import { Panel } from '../common/panel.tsx';

/**
 * What was unusual on this node in the last week, compared with its own history. Peers learn how
 * often, never when.
 */
export function AnomaliesPanel({ onLocked }: { readonly onLocked: () => void }) {
  const { data, trouble } = useReading<AnomalyReport>('/api/anomalies', {}, onLocked);
  return (
    <Panel title="Unusual activity on this node" class="span-12" aside={<span class="quiet">last 7 days</span>}>
      {data ? <Found report={data} /> : <p class="quiet">{trouble ?? 'Loading …'}</p>}
    </Panel>
  );
}

function Found({ report: { judged, historyDays, anomalies } }: { readonly report: AnomalyReport }) {
  if (!judged)
    return (
      <p class="quiet">
        This node has{' '}
        {historyDays === 0 ? 'less than a day' : historyDays === 1 ? 'one day' : `${count(historyDays)} days`} of
        history, which is too little to call anything unusual.
      </p>
    );
  if (anomalies.length === 0)
    return <p class="quiet">Nothing unusual, compared with {count(historyDays)} days of history.</p>;
  return (
    <ul class="plain-rows">
      {anomalies.map((anomaly) => (
        <li key={`${anomaly.kind} ${anomaly.start} ${anomaly.family ?? ''}`}>
          <strong>{ANOMALY_NAMES[anomaly.kind]}</strong> <span class="quiet">{anomaly.explanation}</span>
        </li>
      ))}
    </ul>
  );
}
