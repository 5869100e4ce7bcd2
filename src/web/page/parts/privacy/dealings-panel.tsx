import type { QueryType } from '../../../../domain/policy/trust.ts';
import type { AuditPage, AuditRecord } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { fullTime } from '../../model/format.ts';
import { QUERY_NAMES } from '../../model/mesh-words.ts';
import { Panel } from '../common/panel.tsx';

interface DealingsPanelProps {
  readonly nameOf: (id: string) => string;
  readonly onLocked: () => void;
}

/**
 * Who asked this node what, what they got (S5, FR-902), and who received summaries, from the audit
 * log.
 */
export function DealingsPanel({ nameOf, onLocked }: DealingsPanelProps) {
  const answered = useReading<AuditPage>('/api/audit', { type: 'query.answered', limit: 20 }, onLocked);
  const sent = useReading<AuditPage>('/api/audit', { type: 'summary.sent', limit: 20 }, onLocked);
  const readings = [answered, sent];
  const records = readings.flatMap(({ data }) => data?.records ?? []).sort((one, other) => other.seq - one.seq);
  const trouble = readings.find((reading) => reading.trouble !== null)?.trouble;
  const isRead = readings.every(({ data }) => data !== null);
  return (
    <Panel title="Who asked, and what they got" class="span-12" aside={<a href="#/audit">see the audit log</a>}>
      {records.length === 0 && (
        <p class="quiet">{trouble ?? (isRead ? 'No node has asked, and nothing has left.' : 'Loading …')}</p>
      )}
      <ul class="dealings">
        {records.map((record) => (
          <li key={record.seq}>
            <time class="nums quiet" dateTime={record.time}>
              {fullTime(record.time)}
            </time>
            <span>
              <strong title={record.peer ?? ''}>
                {record.peer === null ? 'an unknown node' : nameOf(record.peer)}
              </strong>{' '}
              {record.type === 'summary.sent' ? 'received a summary' : `asked for ${asked(record)}`}
            </span>
            <span class={record.details['decision'] === 'deny' ? 'quiet' : ''}>{got(record)}</span>
            <span class="mono quiet">{word(record, 'rule')}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const word = ({ details }: AuditRecord, name: string): string => {
  const value = details[name];
  return typeof value === 'string' ? value : '';
};

const asked = (record: AuditRecord): string =>
  (QUERY_NAMES[word(record, 'query') as QueryType] ?? 'something').toLowerCase();

function got(record: AuditRecord): string {
  const { level } = record.details;
  if (record.type === 'summary.sent') return `got a ${word(record, 'period') || 'signed'} summary`;
  if (record.details['decision'] === 'deny') return 'got nothing: denied';
  if (word(record, 'result') !== 'answered') return `got nothing: ${word(record, 'result').replace('_', ' ')}`;
  return level === 1 ? 'got a summary of patterns (level 1)' : 'got aggregates (level 2)';
}
