import { describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';
import { createNonceCache } from '../../src/mesh/protocol/nonce-cache.ts';
import { createRefusalLog } from '../../src/mesh/refusal-log.ts';
import { until } from '../rig/until.ts';

const MINUTE = 60_000;

describe('the nonce cache', () => {
  test('rejects a used nonce for at least 10 minutes, for each sender separately (NFR-205)', () => {
    for (const start of [0, 3, 9, 10, 11, 19]) {
      let nowMs = 0;
      const nonces = createNonceCache(() => nowMs);
      expect(nonces.add('a', 'first')).toBe(true);
      nowMs = start * MINUTE;
      expect(nonces.add('a', 'n')).toBe(true);
      expect(nonces.add('b', 'n')).toBe(true);
      for (let later = 1; later <= 10; later += 1) {
        nowMs = (start + later) * MINUTE;
        expect(nonces.add('a', 'n')).toBe(false);
      }
    }
  });

  test('forgets old nonces', () => {
    let nowMs = 0;
    const nonces = createNonceCache(() => nowMs);
    nonces.add('a', 'n');
    nowMs = 31 * MINUTE;
    expect(nonces.add('a', 'n')).toBe(true);
  });
});

describe('the refusal log', () => {
  test('writes the first refusal immediately and the others of a minute as one record with their count', async () => {
    const records: AuditEntry[] = [];
    const log = createRefusalLog((entry) => records.push(entry), 40);
    const refusal = { code: 'peer_untrusted', address: '10.0.0.7', direction: 'inbound' } as const;
    for (let count = 0; count < 1_000; count += 1) log.refuse(refusal);
    log.refuse({ ...refusal, code: 'tls_version' });
    log.refuse({ ...refusal, address: '10.0.0.8' });
    expect(records.map(({ details }) => [details?.['code'], details?.['address'], details?.['count']])).toEqual([
      ['peer_untrusted', '10.0.0.7', 1],
      ['tls_version', '10.0.0.7', 1],
      ['peer_untrusted', '10.0.0.8', 1],
    ]);
    await until(() => records.length === 4);
    expect(records[3]?.details).toMatchObject({ code: 'peer_untrusted', address: '10.0.0.7', count: 999 });
    log.refuse({ ...refusal, address: '10.0.0.9' });
    log.refuse({ ...refusal, address: '10.0.0.9' });
    log.close();
    expect(records.at(-1)?.details).toMatchObject({ address: '10.0.0.9', count: 1 });
  });

  test('stays small with any number of sources', () => {
    const records: AuditEntry[] = [];
    const log = createRefusalLog((entry) => records.push(entry));
    for (let source = 0; source < 5_000; source += 1) {
      log.refuse({ code: 'tls_handshake', address: `10.0.${source >> 8}.${source & 255}`, direction: 'inbound' });
    }
    log.close();
    expect(records.length).toBe(514);
    expect(records.reduce((sum, { details }) => sum + Number(details?.['count']), 0)).toBe(5_000);
  });
});
