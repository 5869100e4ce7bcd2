import { afterEach, describe, expect, test } from '@jest/globals';
import { CaroError } from '../../src/domain/errors.ts';
import { createRedialer } from '../../src/mesh/redial.ts';
import { until } from '../rig/until.ts';
import { intrude } from './hostile.ts';
import { bothConnected, makeIdentity, makeTls, QUESTION, startNode, startPair, stopAll } from './rig.ts';

afterEach(stopAll);

describe('a connection', () => {
  test('stays open through several heartbeats while both sides respond', async () => {
    const pair = await startPair({ limits: { heartbeatMs: 100 } }, { limits: { heartbeatMs: 100 } });
    await bothConnected(pair);
    const started = performance.now();
    await until(() => performance.now() - started > 550);
    expect(pair.a.connected.length + pair.b.connected.length).toBe(2);
  });

  test('is closed when the other side stops responding', async () => {
    const identity = makeIdentity();
    const node = await startNode({ trusts: [identity.id], limits: { heartbeatMs: 40 } });
    const silent = await intrude(node, identity, await makeTls(identity));
    silent.hello();
    await until(() => node.mesh.isConnected(identity.id));
    silent.socket.pause();
    await until(() => !node.mesh.isConnected(identity.id));
    expect(node.audit.at(-1)).toMatchObject({ type: 'peer.disconnected', peer: identity.id, details: { code: null } });
    silent.socket.terminate();
  });

  test('answers pings with their payload', async () => {
    const identity = makeIdentity();
    const node = await startNode({ trusts: [identity.id] });
    const peer = await intrude(node, identity, await makeTls(identity));
    const pong = new Promise<string>((resolve) => peer.socket.once('pong', (data) => resolve(data.toString())));
    peer.socket.ping('still there?');
    expect(await pong).toBe('still there?');
    peer.socket.terminate();
  });

  test('rejects a message of an earlier session of the same peer', async () => {
    const identity = makeIdentity();
    const tls = await makeTls(identity);
    const node = await startNode({ trusts: [identity.id] });
    const first = await intrude(node, identity, tls);
    first.hello();
    const recorded = first.say({ ...first.header(), type: 'query', body: QUESTION });
    await until(() => first.received.length === 2);
    first.socket.terminate();
    const second = await intrude(node, identity, tls);
    second.hello();
    second.socket.send(recorded);
    expect(await second.closed).toBe('message_replayed');
    expect(node.queries.length).toBe(1);
  });
});

describe('redialling', () => {
  const limits = { redialFirstMs: 20, redialMaxMs: 60 };
  const failing = (times: number[]) => (): Promise<void> => {
    times.push(performance.now());
    return Promise.reject(new CaroError('peer_unreachable', 'expected a peer, got none'));
  };

  test('doubles the wait after each failure, up to the maximum', async () => {
    const times: number[] = [];
    const errors: string[] = [];
    const redialer = createRedialer({
      ...{ limits, random: () => 0.999, firstDelayMs: 0, attempt: failing(times) },
      onFailure: ({ code }) => void errors.push(code),
    });
    await until(() => times.length === 6);
    redialer.stop();
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    const least = [20, 40, 60, 60, 60];
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThan((least[index] ?? 0) - 3);
    expect(new Set(errors)).toEqual(new Set(['peer_unreachable']));
  });

  test('restarts with the shortest wait after a long connection, and stops on request', async () => {
    const times: number[] = [];
    let isThere = true;
    const redialer = createRedialer({
      ...{ limits, random: () => 0, firstDelayMs: 0, onFailure: () => undefined },
      attempt: () => (isThere ? Promise.resolve() : failing(times)()),
    });
    redialer.reached();
    const reachedAt = performance.now();
    await until(() => performance.now() - reachedAt > 30);
    isThere = false;
    redialer.lost();
    await until(() => times.length >= 2);
    redialer.stop();
    const stopped = times.length;
    redialer.retryNow();
    redialer.lost();
    const stoppedAt = performance.now();
    await until(() => performance.now() - stoppedAt > 100);
    expect(times.length).toBe(stopped);
  });
});
