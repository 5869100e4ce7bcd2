import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';
import { createNonceCache } from '../../src/mesh/protocol/nonce-cache.ts';
import { createRefusalLog } from '../../src/mesh/refusal-log.ts';
import { createFlowControl } from '../../src/mesh/transport/flow-control.ts';
import { createHandshakeLimiter } from '../../src/mesh/transport/handshake-limiter.ts';
import { DEFAULT_LIMITS } from '../../src/mesh/transport/limits.ts';
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

  test('rejects it also from a sender that was silent in between', () => {
    for (let start = 0; start <= 10; start += 0.5) {
      for (let later = 0; later <= 10; later += 0.5) {
        let nowMs = 0;
        const nonces = createNonceCache(() => nowMs);
        nonces.add('a', 'first');
        nowMs = start * MINUTE;
        expect(nonces.add('a', 'n')).toBe(true);
        nowMs = (start + later) * MINUTE;
        expect([start, later, nonces.add('a', 'n')]).toEqual([start, later, false]);
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

test('connections without a hello: the oldest goes as soon as there is one too many, in total or of an address', async () => {
  const evicted: string[] = [];
  const limiter = createHandshakeLimiter({ helloMs: 60_000, strangers: 3, strangersPerAddress: 2 }, (_why, address) =>
    evicted.push(address),
  );
  const server = createServer((socket) => limiter.enter(socket)).listen(0, '127.0.0.1');
  await until(() => server.listening);
  const { port } = server.address() as AddressInfo;
  const clients: Socket[] = [];
  const enter = async (localAddress: string): Promise<readonly [number, number]> => {
    const before = limiter.size() + evicted.length;
    clients.push(connect({ host: '127.0.0.1', port, localAddress }));
    await until(() => limiter.size() + evicted.length > before);
    return [limiter.size(), evicted.length];
  };
  expect(await enter('127.0.0.2')).toEqual([1, 0]);
  expect(await enter('127.0.0.3')).toEqual([2, 0]);
  expect(await enter('127.0.0.3')).toEqual([3, 0]);
  expect(await enter('127.0.0.4')).toEqual([3, 1]);
  expect(await enter('127.0.0.3')).toEqual([3, 2]);
  expect(evicted).toEqual(['127.0.0.2', '127.0.0.3']);
  limiter.close();
  for (const client of clients) client.destroy();
  server.close();
});

test('a peer is not read while as many of its requests as the limit says are in progress', () => {
  const calls: string[] = [];
  const socket = { pause: () => calls.push('pause'), resume: () => calls.push('resume') };
  const flow = createFlowControl(socket, { ...DEFAULT_LIMITS, queriesAtOnce: 2 }, () => undefined);
  for (const step of [flow.workStarted, flow.workStarted, flow.workEnded, flow.workStarted, flow.workEnded]) step();
  expect(calls).toEqual(['resume', 'pause', 'resume', 'pause', 'resume']);
  flow.stop();
});

describe('the refusal log', () => {
  const total = (records: readonly AuditEntry[]): number =>
    records.reduce((sum, { details }) => sum + Number(details?.['count']), 0);
  const facts = (records: readonly AuditEntry[]): unknown[] =>
    records.map(({ details }) => [details?.['code'], details?.['address'], details?.['count']]);

  test('writes the first refusal of a network and code immediately and the others later with their count', async () => {
    const records: AuditEntry[] = [];
    const log = createRefusalLog((entry) => records.push(entry), 40);
    const refusal = { code: 'peer_untrusted', address: '10.0.0.7', direction: 'inbound' } as const;
    for (let count = 0; count < 999; count += 1) log.refuse(refusal);
    log.refuse({ ...refusal, code: 'tls_version' });
    log.refuse({ ...refusal, address: '10.0.0.8' });
    log.refuse({ ...refusal, address: '10.0.1.8' });
    expect(facts(records)).toEqual([
      ['peer_untrusted', '10.0.0.7', 1],
      ['tls_version', '10.0.0.7', 1],
      ['peer_untrusted', '10.0.1.8', 1],
    ]);
    await until(() => records.length === 4);
    expect(records[3]?.details).toMatchObject({ code: 'peer_untrusted', network: '10.0.0.0/24', count: 999 });
    log.refuse({ ...refusal, address: '10.0.9.9' });
    log.refuse({ ...refusal, address: '10.0.9.9' });
    log.close();
    expect(records.at(-1)?.details).toMatchObject({ address: '10.0.9.9', count: 1 });
  });

  test('has one budget for all strangers, whatever their keys and networks, and loses no count', () => {
    const records: AuditEntry[] = [];
    const log = createRefusalLog((entry) => records.push(entry));
    for (let source = 0; source < 5_000; source += 1) {
      const address = source % 2 === 0 ? `10.${source >> 8}.${source & 255}.1` : `fd00:0:${source.toString(16)}::1`;
      log.refuse({ code: 'peer_untrusted', address, peer: `key ${source}`, direction: 'inbound' });
    }
    expect(records.length).toBe(30);
    log.close();
    expect(records.length).toBe(31);
    expect(records.at(-1)).toMatchObject({ details: { address: null, networks: expect.any(Number) } });
    expect(records.at(-1)).not.toHaveProperty('peer');
    expect(total(records)).toBe(5_000);
  });

  test('writes at most 60 records in the next 60 intervals of a flood from a thousand networks', async () => {
    const records: AuditEntry[] = [];
    const everyMs = 5;
    const log = createRefusalLog((entry) => records.push(entry), everyMs);
    const started = performance.now();
    let sent = 0;
    await until(() => {
      for (let turn = 0; turn < 50; turn += 1, sent += 1)
        log.refuse({ code: 'peer_untrusted', address: `10.${(sent >> 8) & 3}.${sent & 255}.1`, direction: 'inbound' });
      return performance.now() - started > 60 * everyMs;
    });
    const intervals = (performance.now() - started) / everyMs;
    expect(records.length).toBeLessThanOrEqual(30 + intervals / 2 + 1);
    log.close();
    expect(total(records)).toBe(sent);
  });

  test('gives a node that the owner trusts by its id a tally that strangers cannot use up', () => {
    const records: AuditEntry[] = [];
    const log = createRefusalLog(
      (entry) => records.push(entry),
      60_000,
      ({ peer }) => peer === 'friend',
    );
    for (let source = 0; source < 400; source += 1)
      log.refuse({ code: 'message_rate', address: `10.0.${source}.1`, peer: `key ${source}`, direction: 'inbound' });
    log.refuse({ code: 'message_rate', address: '10.0.0.7', peer: 'friend', direction: 'inbound' });
    expect(records.at(-1)).toMatchObject({ peer: 'friend', details: { code: 'message_rate', count: 1 } });
    log.close();
  });
});
