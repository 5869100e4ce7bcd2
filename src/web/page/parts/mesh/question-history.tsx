import type { SpanHours } from '../../../../domain/answers/query.ts';
import type { QueryType } from '../../../../domain/policy/trust.ts';
import type { AuditPage } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { count, fullTime, moment } from '../../model/format.ts';
import { QUERY_NAMES, SPAN_NAMES } from '../../model/mesh-words.ts';
import { Panel } from '../common/panel.tsx';

/**
 * Queries that this node has sent, from its audit log.
 */
export function QuestionHistory({ turn, onLocked }: { readonly turn: number; readonly onLocked: () => void }) {
  const { data, trouble } = useReading<AuditPage>('/api/audit', { type: 'query.sent', limit: 12 }, onLocked, turn);
  return (
    <Panel title="Asked before" class="span-12">
      {!data && <p class="quiet">{trouble ?? 'Loading …'}</p>}
      {data?.records.length === 0 && <p class="quiet">Nothing yet.</p>}
      <ul class="plain-rows dated">
        {data?.records.map(({ seq, time, details }) => (
          <li key={seq}>
            <time class="nums quiet" dateTime={time} title={fullTime(time)}>
              {moment(time)}
            </time>{' '}
            <span>
              <strong>{QUERY_NAMES[details['query'] as QueryType]}</strong> over{' '}
              {SPAN_NAMES[details['spanHours'] as SpanHours]},{' '}
              <span class="quiet">
                {count(Number(details['targets']))} {details['targets'] === 1 ? 'node' : 'nodes'} asked
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
