import { afterEach, describe, expect, test } from '@jest/globals';
import { LAYOUT_VERSION } from '../../../src/domain/answers/vector-schema.ts';
import { until } from '../../rig/until.ts';
import {
  bothConnected,
  codeOf,
  makeIdentity,
  makeSummary,
  NO_DATA,
  QUESTION,
  startNode,
  startPair,
  stopAll,
} from '../rig.ts';

afterEach(stopAll);

describe('two nodes that trust each other', () => {
  test('connect, identify each other by key, and both record it in the audit log (FR-202, FR-901)', async () => {
    const { a, b } = await startPair();
    await bothConnected({ a, b });
    expect(a.audit).toMatchObject([{ type: 'peer.connected', peer: b.id, details: { direction: 'outbound' } }]);
    expect(b.audit).toMatchObject([{ type: 'peer.connected', peer: a.id, details: { direction: 'inbound' } }]);
    expect(a.mesh.status().peers).toMatchObject([
      { id: b.id, address: b.address, state: 'connected', isDialled: true },
    ]);
    expect(b.mesh.status().peers).toMatchObject([{ id: a.id, state: 'connected', isDialled: false }]);
    expect(Math.abs(a.mesh.status().peers[0]?.skewMs ?? Number.NaN)).toBeLessThan(1_000);
  });

  test('stay connected, and are shown so, once one of them lists the other as a peer', async () => {
    const { a, b } = await startPair();
    await bothConnected({ a, b });
    b.mesh.reload([]);
    expect(b.mesh.status().peers).toMatchObject([{ id: a.id, state: 'connected' }]);
    for (const entry of [{ id: a.id }, { id: a.id, address: a.address }]) {
      b.mesh.reload([]);
      b.mesh.reload([entry]);
      expect(b.mesh.status().peers).toMatchObject([{ id: a.id, state: 'connected', isDialled: false, peer: a.id }]);
      expect(Math.abs(b.mesh.status().peers[0]?.skewMs ?? Number.NaN)).toBeLessThan(1_000);
    }
    await a.mesh.close();
    await until(() => b.mesh.status().peers[0]?.state === 'connecting');
  });

  test('query each other, regardless of which one dialled', async () => {
    const pair = await startPair();
    await bothConnected(pair);
    const { a, b } = pair;
    expect(await a.mesh.ask(b.id, QUESTION, 2_000)).toEqual(NO_DATA);
    expect(await b.mesh.ask(a.id, QUESTION, 2_000)).toEqual(NO_DATA);
    expect(a.queries).toEqual([{ asker: { id: b.id, address: '127.0.0.1' }, body: QUESTION }]);
    expect(b.queries).toEqual([{ asker: { id: a.id, address: '127.0.0.1' }, body: QUESTION }]);
  });

  test('tell which layout of answers they know before they ask', async () => {
    const layouts: number[] = [];
    const onQuery = (_asker: unknown, _query: unknown, layout: number): Promise<typeof NO_DATA> => {
      layouts.push(layout);
      return Promise.resolve(NO_DATA);
    };
    const pair = await startPair({}, { ports: { onQuery } });
    await bothConnected(pair);
    await pair.a.mesh.ask(pair.b.id, QUESTION, 2_000);
    await pair.a.mesh.ask(pair.b.id, QUESTION, 2_000);
    expect(layouts).toEqual([LAYOUT_VERSION, LAYOUT_VERSION]);
    expect(pair.a.ledger.filter(({ type }) => type === 'layout')).toHaveLength(1);
  });

  test('receive an error as the answer if the other node cannot compute one', async () => {
    const pair = await startPair({}, { ports: { onQuery: () => Promise.reject(new Error('defect')) } });
    await bothConnected(pair);
    expect(await pair.a.mesh.ask(pair.b.id, QUESTION, 2_000)).toEqual({ result: 'error', type: 'safety-posture' });
  });

  test('give up a query at its deadline and ignore the late answer', async () => {
    let release: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const onQuery = async (): Promise<typeof NO_DATA> => {
      asked += 1;
      if (asked === 1) await late;
      return NO_DATA;
    };
    const pair = await startPair({}, { ports: { onQuery } });
    await bothConnected(pair);
    expect(await codeOf(pair.a.mesh.ask(pair.b.id, QUESTION, 1_000))).toBe('deadline_exceeded');
    release();
    expect(await pair.a.mesh.ask(pair.b.id, QUESTION, 2_000)).toEqual(NO_DATA);
    expect(pair.a.mesh.isConnected(pair.b.id)).toBe(true);
  });

  test('keep one connection and lose no query when both dial simultaneously', async () => {
    const keys = [makeIdentity(), makeIdentity()] as const;
    const [one, two] = keys;
    const a = await startNode({ identity: one, trusts: [two.id] });
    const b = await startNode({ identity: two, trusts: [one.id] });
    a.mesh.reload([{ id: b.id, address: b.address }]);
    b.mesh.reload([{ id: a.id, address: a.address }]);
    await bothConnected({ a, b });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0 ? a.mesh.ask(b.id, QUESTION, 5_000) : b.mesh.ask(a.id, QUESTION, 5_000),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, () => NO_DATA));
    const directions = (): unknown[] => [a, b].map(({ mesh }) => mesh.status().peers.map(({ isDialled }) => isDialled));
    await until(() => {
      const [[first] = [], [second] = []] = directions() as boolean[][];
      return first !== second;
    });
    expect(a.connected).toEqual([b.id]);
    expect(b.connected).toEqual([a.id]);
  });

  test('reconnect after one of them was away (NFR-302)', async () => {
    const pair = await startPair();
    await bothConnected(pair);
    const { a, b } = pair;
    const port = Number(b.address.split(':')[1]);
    await b.mesh.close();
    await until(() => !a.mesh.isConnected(b.id));
    expect(await codeOf(a.mesh.ask(b.id, QUESTION, 2_000))).toBe('peer_unreachable');
    expect(a.mesh.status().peers).toMatchObject([{ state: 'connecting' }]);
    const again = await startNode({
      identity: b.identity,
      tls: b.tls,
      trusts: [a.id],
      options: { listen: { host: '127.0.0.1', port } },
    });
    await bothConnected({ a, b: again });
    expect(await a.mesh.ask(b.id, QUESTION, 2_000)).toEqual(NO_DATA);
    expect(a.connected).toEqual([b.id, b.id]);
  });

  test('disconnect immediately when trust ends, and stay disconnected', async () => {
    const pair = await startPair();
    await bothConnected(pair);
    const { a, b } = pair;
    b.trusted.delete(a.id);
    b.mesh.reload([]);
    await until(() => !a.mesh.isConnected(b.id) && !b.mesh.isConnected(a.id));
    await until(() => a.mesh.status().peers[0]?.state === 'refused');
    expect(b.audit.some(({ type }) => type === 'peer.disconnected')).toBe(true);
  });

  test('end a live connection on request', async () => {
    const pair = await startPair({ limits: { redialFirstMs: 60_000, redialMaxMs: 60_000 } });
    await bothConnected(pair);
    pair.a.trusted.delete(pair.b.id);
    pair.a.mesh.disconnect(pair.b.id, 'untrusted');
    await until(() => !pair.a.mesh.isConnected(pair.b.id) && !pair.b.mesh.isConnected(pair.a.id));
  });
});

describe('a summary', () => {
  test('is acknowledged when stored, and as known when sent again', async () => {
    const pair = await startPair();
    await bothConnected(pair);
    const { a, b } = pair;
    const { id, document } = makeSummary(a.identity);
    expect(await a.mesh.deliver(b.id, document, id)).toBe('stored');
    expect(await a.mesh.deliver(b.id, document, id)).toBe('known');
    expect(b.summaries.map((received) => received.document)).toEqual([document]);
  });

  test('is not acknowledged if it cannot be stored', async () => {
    const pair = await startPair(
      { limits: { acknowledgeMs: 60 } },
      { ports: { onSummary: () => Promise.reject(new Error('full')) } },
    );
    await bothConnected(pair);
    const { id, document } = makeSummary(pair.a.identity);
    expect(await codeOf(pair.a.mesh.deliver(pair.b.id, document, id))).toBe('deadline_exceeded');
    expect(pair.a.mesh.isConnected(pair.b.id)).toBe(true);
  });

  test('is refused if signed by or about another node, and the connection stays open', async () => {
    const pair = await startPair();
    await bothConnected(pair);
    const { a, b } = pair;
    const other = makeIdentity();
    const foreign = makeSummary(other);
    const forged = makeSummary(other, { node: a.id });
    expect(await a.mesh.deliver(b.id, foreign.document, foreign.id)).toBe('refused');
    expect(await a.mesh.deliver(b.id, forged.document, forged.id)).toBe('refused');
    expect(b.summaries).toEqual([]);
    expect(b.audit).toContainEqual(
      expect.objectContaining({
        type: 'peer.refused',
        peer: a.id,
        details: expect.objectContaining({ code: 'summary_invalid' }),
      }),
    );
    expect(await a.mesh.ask(b.id, QUESTION, 2_000)).toEqual(NO_DATA);
  });
});
