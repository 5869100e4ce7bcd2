import { AUDIT_TITLES } from '../../../../domain/audit/audit-titles.ts';
import type { Json } from '../../../../domain/encoding/canonical.ts';
import type { AuditRecord } from '../../data/contract.ts';
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

const detailText = ({ details }: AuditRecord, nameOf: (id: string) => string): string =>
  Object.entries(details)
    .map(([name, value]) => `${inPlainWords(name)}: ${valueText(value, nameOf)}`)
    .join(' · ');

/** `spanHours` as `span hours`. */
const inPlainWords = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase();

const NODE_ID = /^caro:ed25519:/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function valueText(value: Json, nameOf: (id: string) => string): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string')
    return NODE_ID.test(value) ? nameOf(value) : ISO_TIME.test(value) ? fullTime(value) : value;
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map((one: Json) => valueText(one, nameOf)).join(', ') || 'none';
  const parts = Object.entries(value).map(([name, one]) => `${inPlainWords(name)} ${valueText(one, nameOf)}`);
  return parts.join(', ') || 'none';
}
