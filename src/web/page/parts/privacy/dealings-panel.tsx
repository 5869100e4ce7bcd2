import type { SpanHours } from '../../../../domain/answers/query.ts';
import type { QueryType } from '../../../../domain/policy/trust.ts';
import type { AuditPage, AuditRecord } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { fullTime, shortDay, timeOfDay } from '../../model/format.ts';
import { QUERY_NAMES, SPAN_NAMES } from '../../model/mesh-words.ts';
import { Panel } from '../common/panel.tsx';

interface DealingsPanelProps {
  readonly nameOf: (id: string) => string;
  readonly onLocked: () => void;
}

/** Records of each kind: days further back are in the audit log. */
const READ = 100;

/**
 * Who asked this node what, what they got (S5, FR-902), and who received summaries, from the audit
 * log: by day and asker, newest day first.
 */
export function DealingsPanel({ nameOf, onLocked }: DealingsPanelProps) {
  const answered = useReading<AuditPage>('/api/audit', { type: 'query.answered', limit: READ }, onLocked);
  const sent = useReading<AuditPage>('/api/audit', { type: 'summary.sent', limit: READ }, onLocked);
  const readings = [answered, sent];
  const records = readings.flatMap(({ data }) => data?.records ?? []).sort((one, other) => other.seq - one.seq);
  const trouble = readings.find((reading) => reading.trouble !== null)?.trouble;
  const isRead = readings.every(({ data }) => data !== null);
  return (
    <Panel title="Who asked, and what they got" class="span-12" aside={<a href="#/audit">see the audit log</a>}>
      {records.length === 0 && (
        <p class="quiet">{trouble ?? (isRead ? 'No node has asked, and no summary has left.' : 'Loading …')}</p>
      )}
      <ul class="dealings">
        {grouped(records, (record) => `${shortDay(record.time)} ${record.peer ?? ''}`).map((ofAsker) => (
          <Asker key={ofAsker[0]?.seq} records={ofAsker} nameOf={nameOf} />
        ))}
      </ul>
    </Panel>
  );
}

interface AskerProps {
  readonly records: readonly AuditRecord[];
  readonly nameOf: (id: string) => string;
}

/** What one node asked and got on one day; the same question is one line. */
function Asker({ records, nameOf }: AskerProps) {
  const [newest] = records;
  const oldest = records.at(-1);
  if (!newest || !oldest) return null;
  const [from, to] = [timeOfDay(oldest.time), timeOfDay(newest.time)];
  return (
    <li>
      <time class="nums quiet" dateTime={newest.time} title={`${fullTime(oldest.time)} – ${fullTime(newest.time)}`}>
        {shortDay(newest.time)}, {from}
        {from !== to && `–${to}`}
      </time>
      <strong title={newest.peer ?? ''}>{newest.peer === null ? 'an unknown node' : nameOf(newest.peer)}</strong>
      <ul class="asked">
        {grouped(records, (record) => `${asked(record)} ${got(record)} ${word(record, 'rule')}`).map((same) => {
          const [first] = same;
          if (!first) return null;
          return (
            <li key={first.seq}>
              <span>
                {asked(first)}
                {same.length > 1 && <span class="quiet">, {same.length} times</span>}
              </span>
              <span class={first.details['decision'] === 'deny' ? 'quiet' : ''}>{got(first)}</span>
              <span class="mono quiet">{word(first, 'rule')}</span>
            </li>
          );
        })}
      </ul>
    </li>
  );
}

/** Records with the same key together, in the order of the first of each. */
function grouped(
  records: readonly AuditRecord[],
  keyOf: (record: AuditRecord) => string,
): readonly (readonly AuditRecord[])[] {
  const groups = new Map<string, AuditRecord[]>();
  for (const record of records) {
    const key = keyOf(record);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()];
}

const word = ({ details }: AuditRecord, name: string): string => {
  const value = details[name];
  return typeof value === 'string' ? value : '';
};

function asked(record: AuditRecord): string {
  if (record.type === 'summary.sent') return 'received a summary';
  const topic = (QUERY_NAMES[word(record, 'query') as QueryType] ?? 'something').toLowerCase();
  const span = SPAN_NAMES[record.details['spanHours'] as SpanHours] as string | undefined;
  return `asked for ${topic}${span === undefined ? '' : ` over ${span}`}`;
}

function got(record: AuditRecord): string {
  const { level } = record.details;
  if (record.type === 'summary.sent') return `got a ${word(record, 'period') || 'signed'} summary`;
  if (record.details['decision'] === 'deny') return 'got nothing: denied';
  if (word(record, 'result') !== 'answered') return `got nothing: ${word(record, 'result').replace('_', ' ')}`;
  return level === 1 ? 'got a summary of patterns (level 1)' : 'got aggregates (level 2)';
}
