/** The agents' share of risk in answers to `safety-posture`, also beside older nodes. */
import { describe, expect, test } from '@jest/globals';
import { createAggregator } from '../../src/domain/answers/aggregate.ts';
import { answerFault, isAnswerTo } from '../../src/domain/answers/answer-check.ts';
import { answerFor, inOurLayout } from '../../src/domain/answers/older-layout.ts';
import type { AnsweredBody, QueryBody } from '../../src/domain/answers/query.ts';
import { LAYOUT_VERSION, vectorSchemaOf } from '../../src/domain/answers/vector-schema.ts';
import { QUERY_TYPES } from '../../src/domain/policy/trust.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';
import { openNode } from '../policy/node.ts';
import { ANA, settings } from '../policy/settings.ts';

const WORDS = vocabulary();
const SCHEMA = vectorSchemaOf('safety-posture', WORDS);
const QUERY: QueryBody = { type: 'safety-posture', spanHours: 168 };

async function answer(
  { human = 0, agent = 0 }: { readonly human?: number; readonly agent?: number },
  query: QueryBody = QUERY,
  level: 'peer' | 'supervisor' = 'supervisor',
): Promise<AnsweredBody> {
  const node = openNode();
  try {
    const high = { pattern: 'git push', family: 'git', risk: 'high' as const };
    node.type([
      { pattern: 'git status', family: 'git', times: 20 },
      { ...high, times: human },
      { ...high, times: agent, agent: 'codex' },
    ]);
    const body = await node.responder.answer(settings({ trust: { nodes: { [ANA]: level } } }), { id: ANA }, query);
    if (body.result !== 'answered') throw new Error(`expected an answer, got ${body.result}`);
    return body;
  } finally {
    node.close();
  }
}

/** As a node of the version before answers. */
const older = (body: AnsweredBody): AnsweredBody => answerFor(body, LAYOUT_VERSION - 1, SCHEMA) as AnsweredBody;

function sumOf(answers: readonly AnsweredBody[], floor: number) {
  const aggregator = createAggregator(SCHEMA, floor);
  for (const body of answers) {
    const ours = inOurLayout(body, SCHEMA);
    expect(isAnswerTo(QUERY, ours, SCHEMA)).toBe(true);
    aggregator.add(ours);
  }
  return aggregator.result();
}

const several = (count: number, what: Parameters<typeof answer>[0]) =>
  Promise.all(Array.from({ length: count }, () => answer(what)));

describe("the agents' share of risk", () => {
  test('is in the sum for each level, without the name of an agent', async () => {
    const { aggregate } = sumOf(await several(5, { human: 3, agent: 2 }), 5);
    expect(aggregate).toMatchObject({ 'levels.high': 25, 'authors.agent.high': 10, 'authors.human.high': 15 });
    expect(aggregate).toMatchObject({ 'authors.agent.safe': 0, 'authors.human.safe': 100 });
    expect(JSON.stringify(aggregate)).not.toContain('codex');
  });

  test('is not in what one node tells of itself at level 1', async () => {
    const { summary } = await answer({ human: 3, agent: 2 }, QUERY, 'peer');
    expect(summary?.safety?.levels).toEqual({ safe: 20, moderate: 0, high: 5, critical: 0 });
    expect(JSON.stringify(summary)).not.toMatch(/agent|author|human|codex/);
  });

  test('is withheld where too few nodes have agents, or too few people', async () => {
    const people = await several(5, { human: 9 });
    const agents = await several(5, { agent: 9 });
    for (const some of [
      [...people, ...agents.slice(0, 1)],
      [...people.slice(0, 4), ...agents],
    ]) {
      const { aggregate, withheldBy } = sumOf(some, 5);
      expect(aggregate?.['levels.high']).toBe(9 * some.length);
      for (const author of ['human', 'agent', 'unknown']) {
        expect(aggregate?.[`authors.${author}.high`]).toBeNull();
        expect(withheldBy[`authors.${author}.high`]).toBe('group');
      }
      expect(aggregate?.['authors.human.safe']).toBe(20 * some.length);
    }
  });

  test('is withheld with its level', async () => {
    const { aggregate } = sumOf([...(await several(5, {})), await answer({ agent: 3 })], 5);
    expect(aggregate).toMatchObject({ 'levels.high': null, 'authors.agent.high': null, 'authors.human.high': null });
  });
});

describe('nodes of the layout before', () => {
  test('are in the sums of levels, and their commands have no author', async () => {
    const old = (await several(5, { human: 1, agent: 1 })).map(older);
    const { aggregate } = sumOf([...old, ...(await several(5, { human: 3, agent: 2 }))], 5);
    expect(aggregate).toMatchObject({ 'levels.high': 35, 'authors.agent.high': 10, 'authors.unknown.high': 10 });
  });

  test('hide all shares while they are fewer than the floor: the rest would be their figures', async () => {
    const old = older(await answer({ human: 7 }));
    const { aggregate } = sumOf([old, ...(await several(5, { human: 3, agent: 2 }))], 5);
    expect(aggregate).toMatchObject({ 'levels.high': 32, 'authors.agent.high': null, 'authors.unknown.high': null });
  });

  test.each(QUERY_TYPES)('ask and are answered as before: %s', async (type) => {
    const body = await answer({ human: 3, agent: 2 }, { type, spanHours: 168 });
    const schema = vectorSchemaOf(type, WORDS);
    const before = answerFor(body, 3, schema) as AnsweredBody;
    expect(before.layout).toBe(`${type}/3`);
    expect(before.cells).toEqual(body.cells.slice(0, before.cells.length));
    expect(answerFault(before, WORDS)).toBeNull();
    expect(answerFor(body, LAYOUT_VERSION, schema)).toBe(body);
    expect(answerFor({ result: 'no_data', type }, 3, schema)).toEqual({ result: 'no_data', type });
  });

  test('are refused where the vector does not fit their layout', async () => {
    const old = older(await answer({}));
    for (const cells of [old.cells.slice(1), [...old.cells, 0]])
      expect(isAnswerTo(QUERY, inOurLayout({ ...old, cells }, SCHEMA), SCHEMA)).toBe(false);
    const lying = { ...old, cells: old.cells.map((cell, place) => cell + (place === 0 ? 1 : 0)) };
    expect(isAnswerTo(QUERY, inOurLayout(lying, SCHEMA), SCHEMA)).toBe(false);
  });
});
