import { describe, expect, test } from '@jest/globals';
import { exportEvent } from '../../src/audit/export-event.ts';
import { ocsfEvent, ocsfFinding, ocsfProcess } from '../../src/audit/ocsf.ts';
import type { AuditType } from '../../src/domain/audit/audit-record.ts';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { type OcsfEvent, ocsfFaults } from './ocsf-schema.ts';
import { EXPORTER, FINDINGS, NODE, PEER, sampleRecords } from './sample-records.ts';

const RECORDS = sampleRecords();
const sent = (event: object): OcsfEvent => JSON.parse(JSON.stringify(event)) as OcsfEvent;
const eventOf = (type: AuditType): OcsfEvent => {
  const record = RECORDS.find((candidate) => candidate.type === type);
  if (!record) throw new Error(`no record of type ${type}`);
  return sent(ocsfEvent(exportEvent(record), EXPORTER));
};

describe('an exported OCSF event', () => {
  test.each(RECORDS.map((record) => [record.type, record] as const))(
    'of a %s record fits the published class',
    (_type, record) => {
      expect(ocsfFaults(sent(ocsfEvent(exportEvent(record), EXPORTER)))).toEqual([]);
    },
  );

  test.each(FINDINGS.map((finding) => [finding.kind, finding] as const))(
    'of a finding (%s) fits the published class',
    (_kind, finding) => {
      expect(ocsfFaults(sent(ocsfFinding(finding, EXPORTER)))).toEqual([]);
    },
  );

  test('contains nothing that a record must not contain', () => {
    const text = JSON.stringify(RECORDS.map((record) => ocsfEvent(exportEvent(record), EXPORTER)));
    expect(text).not.toMatch(/rm -rf|\/home/);
  });

  test('refers to its record by number and hash', () => {
    for (const record of RECORDS) {
      expect(ocsfEvent(exportEvent(record), EXPORTER)).toMatchObject({
        time: Date.parse('2026-02-03T04:05:06.789Z'),
        metadata: { uid: record.hash, sequence: record.seq, event_code: record.type },
      });
    }
  });

  test('distinguishes inbound and outbound connections', () => {
    expect(eventOf('peer.connected')).toMatchObject({
      class_uid: 4001,
      activity_name: 'Open',
      src_endpoint: { uid: PEER, ip: '10.0.1.5' },
      dst_endpoint: { uid: NODE },
    });
    expect(eventOf('peer.disconnected')).toMatchObject({ dst_endpoint: { uid: PEER, ip: 'fe80::1' } });
    expect(eventOf('query.answered')).toMatchObject({
      class_uid: 6003,
      status: 'Failure',
      actor: { app_uid: PEER },
      src_endpoint: { uid: PEER },
      dst_endpoint: { uid: NODE },
      unmapped: { decision: 'deny', rule: 'trust.subnets "10.0.1.0/24"' },
    });
    expect(eventOf('summary.sent')).toMatchObject({ src_endpoint: { uid: NODE }, dst_endpoint: { uid: PEER } });
  });

  test('of a forged message is more severe than one of a stranger', () => {
    const [record] = RECORDS.filter(({ type }) => type === 'peer.refused');
    if (!record) throw new Error('no refusal');
    const stranger = { ...record, peer: null, details: { code: 'peer_untrusted', address: null, count: 1 } };
    const event = sent(ocsfEvent(exportEvent(stranger), EXPORTER));
    expect([eventOf('peer.refused')['severity'], event['severity']]).toEqual(['High', 'Low']);
    expect(ocsfFaults(event)).toEqual([]);
  });

  test('of a rule names technique and sub-technique, of an anomaly what is usual', () => {
    const [rule, anomaly] = FINDINGS.map((finding) => ocsfFinding(finding, EXPORTER));
    expect(rule).toMatchObject({
      count: 7,
      is_alert: true,
      finding_info: {
        attacks: [
          {
            version: '19',
            tactic: { name: 'Stealth' },
            technique: { uid: 'T1070' },
            sub_technique: { uid: 'T1070.003', name: 'Clear Command History' },
          },
        ],
      },
    });
    expect(anomaly).toMatchObject({
      is_alert: false,
      anomaly_analyses: [
        { anomalies: [{ observations: [{ value: '400' }] }], baselines: [{ observations: [{ value: '12.5' }] }] },
      ],
    });
  });
});

describe('a command as an OCSF event', () => {
  const COMMAND: TerminalEvent = {
    id: 7,
    time: '2026-02-03T04:05:06.789Z',
    shell: 'bash',
    command: 'git push --force',
    cwd: '/srv/app',
    running: false,
    exitCode: 1,
    durationMs: 250,
    tools: ['git'],
    category: 'vcs',
    risk: 'high',
    rules: ['git.push-force'],
    host: 'dev-laptop',
    author: 'human',
    approval: null,
    project: null,
  };

  test('fits Process Activity, with exit status and duration', () => {
    const event = sent(ocsfProcess(COMMAND, EXPORTER));
    expect(ocsfFaults(event)).toEqual([]);
    expect(event).toMatchObject({
      class_uid: 1007,
      type_name: 'Process Activity: Launch',
      severity: 'High',
      status: 'Failure',
      exit_code: 1,
      end_time: Date.parse('2026-02-03T04:05:07.039Z'),
      process: { name: 'git', cmd_line: 'git push --force', working_directory: '/srv/app' },
      actor: { process: { name: 'bash' } },
    });
  });

  test('leaves out what is not known of it', () => {
    const event = sent(
      ocsfProcess({ ...COMMAND, cwd: null, exitCode: null, durationMs: null, tools: [], risk: 'safe' }, EXPORTER),
    );
    expect(ocsfFaults(event)).toEqual([]);
    for (const name of ['status_id', 'exit_code', 'duration', 'end_time']) expect(event).not.toHaveProperty(name);
    expect(event['process']).not.toHaveProperty('working_directory');
  });
});

describe('the validator of these tests', () => {
  const event = eventOf('query.answered');
  const without = (name: string): OcsfEvent =>
    Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));

  test.each([
    ['a required attribute is missing', without('api')],
    ['an attribute is unknown', { ...event, command: 'x' }],
    ['an attribute has another type', { ...event, time: '2026-02-03T04:05:06Z' }],
    ['an object has an unknown attribute', { ...event, actor: { app_uid: 'x', shell: 'bash' } }],
    ['an object lacks all of which one is needed', { ...event, src_endpoint: {} }],
    ['an object that is not transcribed is used', { ...event, http_request: {} }],
    ['an address is none', { ...event, src_endpoint: { ip: '10.0.0' } }],
    ['an id is not in its list', { ...event, severity_id: 7 }],
    ['a caption is not that of its id', { ...event, severity: 'High' }],
    ['the type is not computed from class and activity', { ...event, type_uid: 600_301 }],
    ['the version is another', { ...event, metadata: { ...(event['metadata'] as object), version: '1.4.0' } }],
    ['the class is unknown', { ...event, class_uid: 1001 }],
  ])('objects when %s', (_what, broken) => {
    expect(ocsfFaults(broken)).not.toEqual([]);
  });
});
