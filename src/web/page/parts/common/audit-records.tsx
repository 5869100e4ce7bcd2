import { AUDIT_TITLES } from '../../../../domain/audit/audit-titles.ts';
import type { AuditRecord } from '../../data/contract.ts';
import { fullTime } from '../../model/format.ts';

/**
 * Records of the audit log: each in words, with its details: closed words, numbers, ids and
 * addresses.
 */
export function AuditRecords({ records }: { readonly records: readonly AuditRecord[] }) {
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
          <span class="mono quiet wrap">
            {record.peer !== null && `${record.peer} `}
            {detailText(record)}
          </span>
          <span class="mono quiet hash" title={record.hash}>
            {record.hash.slice(0, 12)}
          </span>
        </li>
      ))}
    </ol>
  );
}

const detailText = ({ details }: AuditRecord): string =>
  Object.entries(details)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
