import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { QUERIES_PER_MINUTE, QUERIES_PER_NETWORK } from '../../src/policy/query-limit.ts';
import { REPEAT_MS } from '../../src/policy/responder.ts';
import { openNode, type TestNode } from './node.ts';
import { ANA, BEN, settings } from './settings.ts';

const query = { type: 'tool-usage', spanHours: 24 } as const;
const trusting = settings({ trust: { nodes: { [ANA]: 'peer', [BEN]: 'supervisor' } } });
const git = (times: number) => [{ pattern: 'git status', family: 'git', times }];

describe('answering peers', () => {
  let node: TestNode;
  beforeEach(() => {
    node = openNode();
    node.type(git(3));
  });
  afterEach(() => node.close());
  const ask = (id = ANA, given = trusting) => node.responder.answer(given, { id, address: '10.0.1.7' }, query);
  const commands = async (id = ANA): Promise<unknown> => {
    const body = await ask(id);
    return body.result === 'answered' ? body.cells[0] : body.result;
  };

  test('one who may not ask is told access_denied and no reason, which only the audit log has (FR-603)', async () => {
    const denying = settings({ trust: { nodes: { [ANA]: 'peer' }, deny: { nodes: [], subnets: ['10.0.1.0/24'] } } });
    expect(await ask(ANA, denying)).toEqual({ result: 'access_denied', type: 'tool-usage' });
    expect(node.audited).toEqual([
      { type: 'query.received', peer: ANA, details: { query: 'tool-usage', spanHours: 24 } },
      {
        type: 'query.answered',
        peer: ANA,
        details: {
          query: 'tool-usage',
          spanHours: 24,
          decision: 'deny',
          level: null,
          rule: 'trust.deny.subnets "10.0.1.0/24"',
          result: 'access_denied',
        },
      },
    ]);
  });

  test('every answer is on record with its level, the decision and the rule behind it (FR-902)', async () => {
    await ask(BEN);
    expect(node.audited.at(-1)).toMatchObject({
      type: 'query.answered',
      peer: BEN,
      details: { decision: 'allow', level: 2, rule: 'trust.nodes', result: 'answered' },
    });
  });

  test('the same asker gets the same figures for a minute, another one fresh ones', async () => {
    expect(await commands()).toBe(3);
    node.type(git(4));
    node.pass(REPEAT_MS - 1);
    expect(await commands()).toBe(3);
    expect(await commands(BEN)).toBe(7);
    node.pass(1);
    expect(await commands()).toBe(7);
  });

  test('another type of query within the minute tells nothing of what was typed between the two', async () => {
    expect(await commands()).toBe(3);
    node.type(git(4));
    const totals = await Promise.all(
      (['safety-posture', 'activity-patterns', 'node-health', 'recent-commands'] as const).map(async (type) => {
        const body = await node.responder.answer(trusting, { id: ANA, address: '10.0.1.7' }, { type, spanHours: 24 });
        return [type, body.result === 'answered' ? body.cells[0] : body.result];
      }),
    );
    expect(totals.filter(([, total]) => total !== 3)).toEqual([]);
  });

  test('what was masked within the minute does not show in another answer of the minute', async () => {
    const health = { type: 'node-health', spanHours: 24 } as const;
    const asker = { id: BEN, address: '10.0.1.7' };
    await ask(BEN);
    node.type([{ pattern: 'git status', family: 'git', times: 4, redacted: true }]);
    const body = await node.responder.answer(trusting, asker, health);
    expect(body.result === 'answered' && body.cells.slice(0, 2)).toEqual([3, 0]);
  });

  test('a repeated answer does not outlive the trust it was given under', async () => {
    expect(await commands()).toBe(3);
    expect(await ask(ANA, settings({}))).toMatchObject({ result: 'access_denied' });
    node.type(git(4));
    node.responder.forget();
    expect(await commands()).toBe(7);
  });

  test('sixty queries a minute are served, the next is suppressed, and other askers are not held up', async () => {
    for (let count = 0; count < QUERIES_PER_MINUTE; count += 1) expect(await commands()).toBe(3);
    expect(await commands()).toBe('suppressed');
    expect(await commands(BEN)).toBe(3);
    node.pass(1_000);
    expect(await commands()).toBe(3);
    expect(await commands()).toBe('suppressed');
  });

  test('a flood is recorded at its first question and counted in the next one that is served', async () => {
    for (let count = 0; count < QUERIES_PER_MINUTE; count += 1) await ask();
    const before = node.audited.length;
    for (let count = 0; count < 500; count += 1) expect(await commands()).toBe('suppressed');
    expect(
      node.audited.slice(before).map(({ type, details }) => [type, details?.['result'] ?? details?.['unserved']]),
    ).toEqual([
      ['query.received', 1],
      ['query.answered', 'suppressed'],
    ]);
    node.pass(1_000);
    expect(await commands()).toBe(3);
    expect(node.audited.at(-2)).toMatchObject({ type: 'query.received', details: { unserved: 500 } });
  });

  test('a rehearsal is the answer of now, and leaves no record, no repeated figures and no mark on the limit', async () => {
    const rehearsed = await node.responder.rehearse(trusting, query);
    expect(rehearsed).toMatchObject({ result: 'answered', level: 1 });
    expect(node.audited).toEqual([]);
    node.type(git(4));
    for (let count = 0; count < QUERIES_PER_MINUTE; count += 1) await node.responder.rehearse(trusting, query);
    expect(await commands()).toBe(7);
    expect(await node.responder.rehearse(settings({ sharing: { level: 0 } }), query)).toEqual({
      result: 'access_denied',
      type: 'tool-usage',
    });
  });

  describe('in a trusted subnet, where a key costs nothing', () => {
    const inSubnet = settings({ trust: { nodes: {}, subnets: { '10.0.0.0/8': 'peer', 'fd00::/8': 'peer' } } });
    const askFrom = async (
      address: string,
      key = randomBytes(32).toString('hex'),
      given = inSubnet,
    ): Promise<unknown> => {
      const body = await node.responder.answer(given, { id: key, address }, query);
      return body.result === 'answered' ? body.cells[0] : body.result;
    };

    test('fresh keys of one machine share its limit, other machines are still served, and the log says which limit', async () => {
      for (let count = 0; count < QUERIES_PER_MINUTE; count += 1) expect(await askFrom('10.0.1.7')).toBe(3);
      expect(await askFrom('10.0.1.7')).toBe('suppressed');
      expect(node.audited.at(-1)).toMatchObject({
        type: 'query.answered',
        details: { decision: 'allow', result: 'suppressed', limit: 'address' },
      });
      const before = node.audited.length;
      for (let count = 0; count < 100; count += 1) expect(await askFrom('10.0.1.7')).toBe('suppressed');
      expect(node.audited).toHaveLength(before);
      expect(await askFrom('10.0.1.8')).toBe(3);
    });

    test('fresh keys at fresh addresses share the limit of their network, others do not', async () => {
      const at = (count: number): string => `fd00::1:${count.toString(16)}`;
      for (let count = 0; count < QUERIES_PER_NETWORK; count += 1) expect(await askFrom(at(count))).toBe(3);
      expect(await askFrom('fd00::2:1')).toBe('suppressed');
      expect(node.audited.at(-1)).toMatchObject({ details: { result: 'suppressed', limit: 'network' } });
      expect(await askFrom('fd00:0:0:1::1')).toBe(3);
      node.pass(60_000 / QUERIES_PER_NETWORK);
      expect(await askFrom('fd00::2:1')).toBe(3);
    });

    test('a node that a rule names has a limit of its own, whatever its neighbours do', async () => {
      const named = settings({ trust: { nodes: { [ANA]: 'peer' }, subnets: { '10.0.0.0/8': 'peer' } } });
      for (let count = 0; count <= QUERIES_PER_MINUTE; count += 1) await askFrom('10.0.1.7', undefined, named);
      expect(await askFrom('10.0.1.7', ANA, named)).toBe(3);
      for (let count = 1; count < QUERIES_PER_MINUTE; count += 1)
        expect(await askFrom(`10.0.${count}.7`, ANA, named)).toBe(3);
      expect(await askFrom('10.9.9.9', ANA, named)).toBe('suppressed');
      expect(node.audited.at(-1)).toMatchObject({ details: { limit: 'node' } });
    });

    test('a fresh key of the same network does not show what was typed within the minute', async () => {
      expect(await askFrom('10.0.1.7')).toBe(3);
      node.type(git(4));
      expect(await askFrom('10.0.1.8')).toBe(3);
      expect(await askFrom('10.0.2.7')).toBe(7);
    });
  });
});
