/** The share of coding agents in released totals. For answers: test/actors/agent-share.test.ts. */
import { describe, expect, test } from '@jest/globals';
import { dayLayout, layoutWords } from '../../src/blind/layout/day-1.ts';
import { EVERYBODY, withFloor } from '../../src/domain/blind/total-floor.ts';
import { agentSentence, agentShare } from '../../src/domain/trends/agent-share.ts';
import { type FigureDay, figureLayout } from '../../src/domain/trends/figure-day.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';

const FLOOR = 20;
const NODES = 30;
const layout = dayLayout(layoutWords(vocabulary()));

/** What each of thirty nodes counted on one day; `few`: measures that fewer nodes counted. */
function released(amounts: Readonly<Record<string, number>>, few: readonly string[] = []): FigureDay {
  const cells = layout.cells.map(({ measure, kind }) => {
    const nodes = few.includes(measure) ? FLOOR - 1 : NODES;
    const amount = amounts[measure] ?? 0;
    return kind === 'nodes' ? Math.min(amount, 1) * nodes : amount * nodes;
  });
  const [safe] = withFloor(layout, [{ name: EVERYBODY, contributors: NODES, cells }], FLOOR);
  const figures = figureLayout(layout.cells.map(({ name }) => name));
  return { day: '2026-11-20', contributors: NODES, code: null, layout: figures, values: safe?.cells ?? [] };
}

const DAY = {
  'families.git': 10,
  'hours.9': 10,
  'levels.safe': 8,
  'levels.high': 2,
  'authors.human': 6,
  'authors.human.safe': 5,
  'authors.human.high': 1,
  'authors.agent': 4,
  'authors.agent.safe': 3,
  'authors.agent.high': 1,
};

describe('the share of coding agents in released totals', () => {
  test('is told for all commands and for the risky ones', () => {
    const share = agentShare([released(DAY)]);
    expect(share).toEqual({ commands: 0.4, risky: 0.5 });
    expect(agentSentence(share)).toBe('Coding agents ran 40% of the commands and 50% of the risky ones.');
  });

  test('is not told for risky commands where too few nodes have an agent that ran one', () => {
    const share = agentShare([released(DAY, ['authors.agent.high'])]);
    expect(share).toEqual({ commands: 0.4, risky: null });
    expect(agentSentence(share)).toBe('Coding agents ran 40% of the commands.');
  });

  test('names what is known, and none is not a share', () => {
    expect(agentSentence({ commands: null, risky: null })).toBeNull();
    expect(agentSentence({ commands: 0, risky: null })).toBe('Coding agents ran none of the commands.');
    expect(agentSentence({ commands: null, risky: 0.25 })).toBe('Coding agents ran 25% of the risky commands.');
    expect(agentSentence({ commands: 0.001, risky: 0.002 })).toBe(
      'Coding agents ran less than 1% of the commands and less than 1% of the risky ones.',
    );
  });
});
