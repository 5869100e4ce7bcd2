/** A record of every type, with the details that the service writes. */
import { linkRecord } from '../../src/audit/chain.ts';
import type { DetectionFinding } from '../../src/audit/finding.ts';
import { AUDIT_TYPES, type AuditEntry, type AuditRecord } from '../../src/domain/audit/audit-record.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';

export const NODE = encodeNodeId(new Uint8Array(32).fill(1));
export const PEER = encodeNodeId(new Uint8Array(32).fill(2));
export const EXPORTER = { node: NODE, version: '1.2.3' };

type Details = NonNullable<AuditEntry['details']>;

const DETAILS: Readonly<Partial<Record<AuditEntry['type'], Details>>> = {
  'service.started': { version: '1.2.3' },
  'identity.created': { fingerprint: '0011223344556677', createdAt: '2026-01-01T00:00:00.000Z' },
  'rotation.begun': { from: NODE, to: PEER, compromised: true, switchesAt: '2026-01-02T00:00:00.000Z' },
  'rotation.completed': { from: NODE, to: PEER },
  'key.rotated': { outcome: 'conflict', from: NODE, to: PEER },
  'key.succeeded': { from: NODE, by: 'grace' },
  'key.revoked': { key: PEER },
  'config.rolled_back': { code: 'address_in_use', everywhere: true },
  'trust.overruled': { tests: [{ index: 0, who: PEER, expect: 'allow L1' }] },
  'config.changed': { sections: ['trust', 'sharing'] },
  'trust.changed': { default: 'untrusted', nodes: { [PEER]: 'peer' }, subnets: {}, deny: { nodes: [], subnets: [] } },
  'sharing.changed': { level: 1, deny_tools: ['vault'] },
  'peer.connected': { address: '10.0.1.5', direction: 'inbound', skewMs: -12 },
  'peer.disconnected': { address: 'fe80::1%eth0', code: null, reason: 'shutdown' },
  'peer.refused': { code: 'message_forged', address: '10.0.1.9', direction: 'inbound', count: 3 },
  'peer.paired': { name: 'ciso', fingerprint: '0011223344556677', address: '10.0.1.5:9238' },
  'query.sent': { query: 'safety-posture', spanHours: 24, targets: 3 },
  'query.received': { query: 'safety-posture', spanHours: 24 },
  'query.answered': {
    query: 'safety-posture',
    spanHours: 24,
    decision: 'deny',
    level: null,
    rule: 'trust.subnets "10.0.1.0/24"',
    result: 'access_denied',
  },
  'database.migrated': { from: 3, to: 4, copy: 'caro-20260101T000000Z-v3.db' },
  'summary.sent': { id: 'a', result: 'stored' },
  'log.truncated': { log: 'audit', size: 3, known: 9 },
  'log.forked': { log: 'audit', size: 12, known: 9 },
  'log.disputed': { log: 'audit', result: 'truncated', size: 3 },
  'log.forgotten': {},
  'egress.refused': { code: 'egress_denied', type: 'summary' },
  'database.repaired': { reason: 'the file is not a SQLite database', lastSeq: 9, lastHash: 'f'.repeat(64) },
  'dashboard.refused': { reason: 'token', count: 2 },
  'actor.degraded': { actor: 'collector' },
  'clock.changed': { from: '2026-03-04T12:00:00.000Z' },
};

const WITHOUT_PEER =
  /^(service|rotation|config|trust|sharing|database|history|retention|dashboard|actor|identity|query\.sent|summary\.made)/;

export function sampleRecords(): readonly AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const type of AUDIT_TYPES) {
    const entry: AuditEntry = {
      type,
      ...(WITHOUT_PEER.test(type) ? {} : { peer: PEER }),
      // What no type lists must not get out, whoever wrote it there.
      details: { ...DETAILS[type], command: 'rm -rf /home/ada/secret', cwd: '/home/ada', file: '/home/ada/x' },
    };
    records.push(linkRecord(records.at(-1), entry, '2026-02-03T04:05:06.789Z'));
  }
  return records;
}

const DAY = Date.UTC(2026, 1, 3);
export const FINDINGS: readonly DetectionFinding[] = [
  {
    kind: 'risk',
    name: 'git.push-force',
    title: 'Overwrites what others pushed.',
    severity: 'high',
    family: 'git',
    technique: 'T1070.003',
    attack: { technique: 'Clear Command History', tactic: 'Stealth' },
    startMs: DAY,
    endMs: DAY + 86_400_000,
    count: 7,
    usual: null,
  },
  {
    kind: 'anomaly',
    name: 'unusual-volume',
    title: 'Far more commands than usual at this time of the week.',
    severity: 'low',
    family: null,
    technique: null,
    attack: null,
    startMs: DAY,
    endMs: DAY + 3_600_000,
    count: 400,
    usual: 12.5,
  },
];
