import { afterEach, describe, expect, test } from '@jest/globals';
import { until } from '../rig/until.ts';
import { startNode, startPair, stopAll } from './rig.ts';

describe('preparing for queries while idle', () => {
  afterEach(stopAll);

  test('runs the way of a query and its answer, and sends, stores and records nothing', async () => {
    const asked: string[] = [];
    const checked: string[] = [];
    const { a, b } = await startPair({
      ports: {
        rehearseAnswer: ({ type }) => {
          asked.push(type);
          return Promise.resolve({ result: 'no_data', type });
        },
        check: (type) => {
          checked.push(type);
          return null;
        },
      },
    });
    await until(() => a.connected.length === 1 && b.connected.length === 1);
    const facts = (): unknown => [a, b].map((node) => [node.ledger.length, node.audit.length, node.queries.length]);
    const before = facts();
    checked.length = 0;
    await a.mesh.rehearse();
    expect(asked).toEqual(['tool-usage']);
    expect(checked).toEqual(['hello', 'query', 'response']);
    expect(facts()).toEqual(before);
    // The connection is as it was: the next message has the next sequence number.
    expect(await a.mesh.ask(b.id, { type: 'tool-usage', spanHours: 24 }, 5_000)).toMatchObject({ result: 'no_data' });
  });

  test('an answer that could not leave fails the rehearsal, and no peer notices', async () => {
    const { a, b } = await startPair({ ports: { check: (type) => (type === 'response' ? 'a foreign word' : null) } });
    await until(() => a.connected.length === 1 && b.connected.length === 1);
    await expect(a.mesh.rehearse()).rejects.toMatchObject({ code: 'egress_schema' });
    expect(a.audit.filter(({ type }) => type === 'egress.refused')).toEqual([]);
    expect(a.mesh.isConnected(b.id)).toBe(true);
  });

  test('does nothing without a peer', async () => {
    const asked: string[] = [];
    const node = await startNode({
      ports: {
        rehearseAnswer: ({ type }) => {
          asked.push(type);
          return Promise.resolve({ result: 'no_data', type });
        },
      },
    });
    await node.mesh.rehearse();
    expect(asked).toEqual([]);
  });
});
