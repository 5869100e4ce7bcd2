import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { QUERIES_PER_MINUTE, REPEAT_MS } from '../../src/policy/responder.ts';
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
});
