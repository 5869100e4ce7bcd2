import { afterEach, describe, expect, test } from '@jest/globals';
import { answerFault, summaryFault } from '../../src/domain/answers/answer-check.ts';
import { vectorSchemaOf } from '../../src/domain/answers/vector-schema.ts';
import { QUERY_TYPES } from '../../src/domain/policy/trust.ts';
import { DAY_MS } from '../../src/domain/time/period.ts';
import { ruleFacts } from '../../src/risk/describe.ts';
import { RULES } from '../../src/risk/rule-set.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';
import { readPeriod } from '../../src/storage/readers/period-reader.ts';
import { NOW, openNode, type TestNode } from './node.ts';
import { ANA, settings } from './settings.ts';

const WORDS = vocabulary();
const nodes: TestNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.close();
});

function nodeWithRules(): TestNode {
  const node = openNode();
  nodes.push(node);
  node.type([
    {
      pattern: 'git push',
      family: 'git',
      times: 3,
      risk: 'high',
      rules: ['git.push-force', 'organisation.canary-one'],
    },
    { pattern: 'git status', family: 'git', times: 2, risk: 'safe', rules: ['organisation.canary-two'] },
  ]);
  return node;
}

const ask = (level: 'peer' | 'supervisor', denyTools: readonly string[] = []) =>
  QUERY_TYPES.map((type) =>
    nodeWithRules().responder.answer(
      settings({ trust: { nodes: { [ANA]: level } }, sharing: { deny_tools: denyTools } }),
      { id: ANA, address: '10.0.1.7' },
      { type, spanHours: 168 },
    ),
  );

describe('the names of custom rules', () => {
  test.each(['peer', 'supervisor'] as const)(
    'are in no answer to a %s; their matches count as one family',
    async (level) => {
      const answers = await Promise.all(ask(level));
      expect(JSON.stringify(answers)).not.toContain('canary');
      for (const answer of answers) expect(answerFault(answer, WORDS)).toBeNull();
      const posture = answers.find((answer) => answer.result === 'answered' && answer.type === 'safety-posture');
      if (posture?.result !== 'answered') throw new Error('expected an answer');
      const { cells } = vectorSchemaOf('safety-posture', WORDS);
      const cell = (name: string): number | undefined => posture.cells[cells.indexOf(name)];
      expect([cell('rules.organisation'), cell('rules.git'), cell('rules')]).toEqual([5, 3, 8]);
      if (level === 'peer') {
        expect(posture.summary?.safety?.families).toEqual([
          { name: 'git', count: 3 },
          { name: 'organisation', count: 5 },
        ]);
        // Techniques of custom rules stay here: only that of the built-in rule is counted.
        expect(posture.summary?.safety?.techniques.every(({ count }) => count === 3)).toBe(true);
      }
    },
  );

  test('are in no figure from which a summary is made', () => {
    const { rules } = readPeriod(nodeWithRules().database, NOW - DAY_MS, NOW + DAY_MS, []);
    expect(rules).toEqual([
      { name: 'git.push-force', count: 3 },
      { name: 'organisation', count: 5 },
    ]);
    expect(ruleFacts()['organisation']).toEqual({ family: 'organisation', technique: null });
  });

  test('and their matches are not told where tools are denied, as any of them may be about such a tool', async () => {
    for (const answer of await Promise.all(ask('peer', ['git']))) {
      const text = JSON.stringify(answer);
      expect(text).not.toMatch(/canary|organisation/);
    }
  });

  test('are refused by the gate, should one get into a summary or an answer', () => {
    const safety = {
      levels: { safe: 1, moderate: 0, high: 0, critical: 0 },
      families: [{ name: 'organisation.canary', count: 1 }],
      techniques: [],
    };
    const summary = { patterns: [], tools: [], families: [], safety };
    expect(summaryFault(summary, WORDS, new Set())).toBe('a rule family is unknown');
    expect(
      summaryFault(
        { ...summary, safety: { ...safety, families: [{ name: 'organisation', count: 1 }] } },
        WORDS,
        new Set(),
      ),
    ).toBeNull();
  });

  test('cannot be those of built-in rules', () => {
    expect(RULES.filter(({ id }) => id.startsWith('organisation'))).toEqual([]);
  });
});
