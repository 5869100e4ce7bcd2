import { AUDIT_TITLES } from '../../../../domain/audit/audit-titles.ts';
import type { AuditRecord } from '../../data/contract.ts';
import { detailText } from '../../model/audit-words.ts';
import { fullTime } from '../../model/format.ts';

interface AuditRecordsProps {
  readonly records: readonly AuditRecord[];
  readonly nameOf: (id: string) => string;
}

/**
 * Records of the audit log: each in words, with its details: closed words, numbers, ids and
 * addresses.
 */
export function AuditRecords({ records, nameOf }: AuditRecordsProps) {
  if (records.length === 0) return <p class="quiet">No such record.</p>;
  return (
    <ol class="records">
      {records.map((record) => (
        <li key={record.seq}>
          <span class="nums quiet">{record.seq}</span>
          <time class="nums" dateTime={record.time}>
            {fullTime(record.time)}
          </time>
          <strong>{AUDIT_TITLES[record.type] ?? record.type}</strong>
          <span class="mono quiet kind">{record.type}</span>
          <span class="quiet wrap">
            {record.peer !== null && (
              <strong class="peer" title={record.peer}>
                {nameOf(record.peer)}
              </strong>
            )}{' '}
            {detailText(record, nameOf)}
          </span>
          <span class="mono quiet hash" title={record.hash}>
            {record.hash.slice(0, 12)}
          </span>
        </li>
      ))}
    </ol>
  );
}
