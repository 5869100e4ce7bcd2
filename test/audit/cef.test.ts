import '../rig/jest/seed.ts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cefEvent, cefFinding } from '../../src/audit/cef.ts';
import { linkRecord } from '../../src/audit/chain.ts';
import { exportEvent } from '../../src/audit/export-event.ts';
import { canonical } from '../../src/domain/encoding/canonical.ts';
import { parseCef } from './cef-line.ts';
import { EXPORTER, FINDINGS, NODE, PEER, sampleRecords } from './sample-records.ts';

const RECORDS = sampleRecords();

describe('an exported CEF line', () => {
  test.each(RECORDS.map((record) => [record.type, record] as const))(
    'of a %s record fits the grammar and leads back to it',
    (type, record) => {
      const { header, extension } = parseCef(cefEvent(exportEvent(record), EXPORTER));
      expect(header.slice(0, 4)).toEqual(['Caro', 'Caro mesh', '1.2.3', type]);
      expect(extension).toMatchObject({
        rt: String(Date.parse(record.time)),
        externalId: String(record.seq),
        deviceExternalId: NODE,
        cs2: record.hash,
      });
      expect(Object.values(extension).join()).not.toMatch(/rm -rf|\/home/);
    },
  );

  test('has the other side as source of what came in, with the reason', () => {
    const refused = RECORDS.find(({ type }) => type === 'peer.refused');
    const { header, extension } = parseCef(refused ? cefEvent(exportEvent(refused), EXPORTER) : '');
    expect(header.at(-1)).toBe('8');
    expect(extension).toMatchObject({
      src: '10.0.1.9',
      reason: 'message_forged',
      cnt: '3',
      outcome: 'failure',
      cs1Label: 'peer',
      cs1: PEER,
    });
  });

  test('has an IPv6 address in a field that may hold one', () => {
    const closed = RECORDS.find(({ type }) => type === 'peer.disconnected');
    const { extension } = parseCef(closed ? cefEvent(exportEvent(closed), EXPORTER) : '');
    expect(extension).toMatchObject({ c6a3Label: 'Destination IPv6 Address', c6a3: 'fe80::1' });
    expect(extension).not.toHaveProperty('dst');
  });

  test('of a finding names rule, count and technique', () => {
    const [rule, anomaly] = FINDINGS.map((finding) => parseCef(cefFinding(finding, EXPORTER)));
    expect(rule?.header[3]).toBe('finding.risk.git.push-force');
    expect(rule?.extension).toMatchObject({ cnt: '7', cs4: 'git', cs5: 'T1070.003', cs6: 'Clear Command History' });
    expect(anomaly?.extension).toMatchObject({ cn1: '400', cfp1: '12.5' });
  });

  test('keeps every text, whatever characters are in it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('\\', '|', '=', '\n', '\r', ' ', 'a', 'cs1=') }),
    );
    fc.assert(
      fc.property(text, text, text, (rule, version, code) => {
        const details = { query: 'anomalies', rule, decision: 'allow' };
        const answered = linkRecord(undefined, { type: 'query.answered', details }, '2026-02-03T04:05:06.789Z');
        const { header, extension } = parseCef(cefEvent(exportEvent(answered), { node: NODE, version }));
        expect(header[2]).toBe(version.replace(/[\r\n]+/g, ' '));
        expect(JSON.parse(extension['cs3'] ?? '')).toEqual(details);
        const refused = linkRecord(answered, { type: 'egress.refused', details: { code } }, answered.time);
        expect(parseCef(cefEvent(exportEvent(refused), EXPORTER)).extension['reason']).toBe(code);
      }),
    );
  });

  test('says how many there are where a table is too long for a field', () => {
    const nodes = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${NODE}${index}`, 'peer']));
    const entry = { type: 'trust.changed', details: { default: 'untrusted', nodes } } as const;
    const record = linkRecord(undefined, entry, '2026-02-03T04:05:06.789Z');
    const { extension } = parseCef(cefEvent(exportEvent(record), EXPORTER));
    expect(extension['cs3']).toBe(canonical({ default: 'untrusted', nodes: 100 }));
  });
});

describe('the reader of these tests', () => {
  test.each([
    ['another version', 'CEF:1|a|b|c|d|e|1|'],
    ['too few fields', 'CEF:0|a|b|c|d|e'],
    ['a severity that is none', 'CEF:0|a|b|c|d|e|11|'],
    ['an escape that the header does not have', 'CEF:0|a\\=|b|c|d|e|1|'],
    ['a bar that is not escaped, so that fields shift', 'CEF:0|a|b|c|d|e|f|1|x=y'],
    ['text before the first key', 'CEF:0|a|b|c|d|e|1|hello world'],
    ['an equals sign that is not escaped', 'CEF:0|a|b|c|d|e|1|msg=a==b'],
    ['a line break', 'CEF:0|a|b|c|d|e|1|msg=a\nb'],
    ['a key that stands twice', 'CEF:0|a|b|c|d|e|1|msg=a msg=b'],
  ])('objects to %s', (_what, line) => {
    expect(() => parseCef(line)).toThrow();
  });
});
