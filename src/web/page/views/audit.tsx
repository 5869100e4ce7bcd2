import { useState } from 'preact/hooks';
import { AUDIT_TYPES } from '../../../domain/audit/audit-record.ts';
import { AUDIT_TITLES } from '../../../domain/audit/audit-titles.ts';
import { read } from '../data/api.ts';
import type { AuditPage, AuditRecord, AuditVerification, Status } from '../data/contract.ts';
import { useReading } from '../data/use-reading.ts';
import { counted, nodeName } from '../model/format.ts';
import { saveText } from '../model/save.ts';
import { AuditRecords } from '../parts/common/audit-records.tsx';
import { Panel } from '../parts/common/panel.tsx';

/** The audit log (FR-901–905): records, verification and export. */
export function AuditView({ status, onLocked }: { readonly status: Status | null; readonly onLocked: () => void }) {
  const nameOf = (id: string): string =>
    id === status?.node.id ? 'this node' : nodeName(id, status?.mesh?.peers.find((peer) => peer.id === id)?.name);
  const [type, setType] = useState('');
  const [older, setOlder] = useState<readonly number[]>([]);
  const before = older.at(-1);
  const page = useReading<AuditPage>('/api/audit', { type, before }, onLocked);
  const verification = useReading<AuditVerification>('/api/audit/verification', {}, onLocked);
  const choose = (chosen: string): void => {
    setType(chosen);
    setOlder([]);
  };
  return (
    <>
      <div class="head">
        <h1>Audit log</h1>
        <Verdict verification={verification.data} trouble={verification.trouble} />
      </div>
      <div class="grid">
        <Panel title="Records" class="span-12" aside={<Tools type={type} onType={choose} />}>
          {page.data ? (
            <AuditRecords records={page.data.records} nameOf={nameOf} />
          ) : (
            <p class="quiet">{page.trouble ?? 'Loading …'}</p>
          )}
          <div class="pager">
            {older.length > 0 && (
              <button type="button" onClick={() => setOlder(older.slice(0, -1))}>
                Newer
              </button>
            )}
            {page.data?.next != null && (
              <button type="button" onClick={() => setOlder([...older, page.data?.next ?? 0])}>
                Older
              </button>
            )}
          </div>
        </Panel>
      </div>
    </>
  );
}

function Verdict({
  verification,
  trouble,
}: {
  readonly verification: AuditVerification | null;
  readonly trouble: string | null;
}) {
  if (!verification) return <span class="quiet">{trouble ?? 'Verifying the chain …'}</span>;
  const { ok, records, checkpoints, firstBad } = verification;
  return (
    <span class="live" role="status">
      <span class={ok ? 'lamp good' : 'lamp bad'} aria-hidden="true" />
      {ok
        ? `verified: ${counted(records, 'record')}, ${counted(checkpoints, 'signed checkpoint')}`
        : `broken at record ${firstBad?.seq ?? '?'}: ${firstBad?.reason ?? 'unknown'}`}
    </span>
  );
}

function Tools({ type, onType }: { readonly type: string; readonly onType: (type: string) => void }) {
  const [busy, setBusy] = useState(false);
  const save = (): void => {
    setBusy(true);
    void exportAll(type).finally(() => setBusy(false));
  };
  return (
    <div class="search">
      <select aria-label="Kind of record" value={type} onChange={(event) => onType(event.currentTarget.value)}>
        <option value="">All kinds</option>
        {AUDIT_TYPES.map((name) => (
          <option key={name} value={name}>
            {AUDIT_TITLES[name]}
          </option>
        ))}
      </select>
      <button type="button" disabled={busy} onClick={save}>
        {busy ? 'Exporting …' : 'Export JSON lines'}
      </button>
    </div>
  );
}

/**
 * All records of a kind, oldest first, one per line. Without a kind, `caro audit verify --file`
 * reads it.
 */
async function exportAll(type: string): Promise<void> {
  const records: AuditRecord[] = [];
  let before: number | undefined;
  do {
    const page: AuditPage = await read('/api/audit', { type, before, limit: 500 });
    records.push(...page.records);
    before = page.next ?? undefined;
  } while (before !== undefined);
  const lines = records.reverse().map((record) => JSON.stringify(record));
  saveText('caro-audit.jsonl', `${lines.join('\n')}\n`);
}
