import { afterEach, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { answerFault } from '../../src/domain/answers/answer-check.ts';
import { QUERY_SCHEMA, responseSchema } from '../../src/domain/answers/answer-schema.ts';
import type { AnsweredBody, ResponseBody } from '../../src/domain/answers/query.ts';
import { vectorSchemaOf } from '../../src/domain/answers/vector-schema.ts';
import type { PolicySettings } from '../../src/domain/policy/policy.ts';
import { QUERY_TYPES, type QueryType, type TrustLevel } from '../../src/domain/policy/trust.ts';
import { RULES } from '../../src/risk/rule-set.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';
import { openNode, type TestNode, type Typed } from './node.ts';
import { ANA, settings } from './settings.ts';

const WORDS = vocabulary();
const ajv = new Ajv({ strict: true });
const isResponse = ajv.compile(responseSchema(WORDS));
const isQuery = ajv.compile(QUERY_SCHEMA);
const asker = { id: ANA, address: '10.0.1.7' };
const forceRule = RULES.find(({ id }) => id === 'git.push-force');

const nodes: TestNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.close();
});
const nodeWith = (typed: readonly Typed[]): TestNode => {
  const node = openNode();
  nodes.push(node);
  node.type(typed);
  return node;
};
const trusting = (level: TrustLevel, sharing: Partial<PolicySettings['sharing']> = {}): PolicySettings =>
  settings({ trust: { nodes: { [ANA]: level } }, sharing });
const ask = (node: TestNode, level: TrustLevel, type: QueryType, sharing?: Partial<PolicySettings['sharing']>) =>
  node.responder.answer(trusting(level, sharing), asker, { type, spanHours: 168 });
const answered = (body: ResponseBody): AnsweredBody => {
  if (body.result !== 'answered') throw new Error(`expected an answer, got ${body.result}`);
  return body;
};
const phrase = ({ name, count }: { readonly name: string; readonly count: number }): string => `${name}: ${count}`;
/** The cells that are not 0, by name. */
const cellsOf = (body: ResponseBody): Record<string, number> => {
  const { cells, type } = answered(body);
  const { cells: names } = vectorSchemaOf(type, WORDS);
  return Object.fromEntries(names.flatMap((name, place) => (cells[place] ? [[name, cells[place]]] : [])));
};

const TYPED: readonly Typed[] = [
  { pattern: 'git status', family: 'git', times: 40 },
  { pattern: 'git push', family: 'git', times: 5, risk: 'high', rules: ['git.push-force'], failing: true },
  { pattern: 'docker run', family: 'containers', times: 3, risk: 'moderate' },
  { pattern: 'other', family: 'other', times: 2, redacted: true },
];

describe('answers at level 1 (FR-605)', () => {
  test('recent commands are summarized patterns, never a command', async () => {
    const { summary, level } = answered(await ask(nodeWith(TYPED), 'peer', 'recent-commands'));
    expect(level).toBe(1);
    expect(summary?.toolCounts?.map(phrase)).toEqual(['git: 45', 'docker: 3', 'other: 2']);
    expect(summary?.patterns?.map(phrase)).toEqual(['git status: 40', 'git push: 5', 'docker run: 3', 'other: 2']);
  });

  test('tool usage counts commands, failures and time for each tool and family', async () => {
    const { summary } = answered(await ask(nodeWith(TYPED), 'peer', 'tool-usage'));
    expect(summary?.tools?.find(({ name }) => name === 'git')).toMatchObject({
      count: 45,
      failures: 5,
      durationMsSum: 4_500,
    });
    expect(summary?.families?.map(({ name }) => name)).toEqual(['containers', 'git', 'other']);
  });

  test('safety posture counts levels, rule families and techniques', async () => {
    const { summary } = answered(await ask(nodeWith(TYPED), 'peer', 'safety-posture'));
    expect(summary?.safety).toEqual({
      levels: { safe: 42, moderate: 3, high: 5, critical: 0 },
      families: [{ name: 'git', count: 5 }],
      techniques: forceRule?.technique === undefined ? [] : [{ name: forceRule.technique, count: 5 }],
    });
  });

  test('activity is counted in local hours and weekdays, health in observed shells and masked commands', async () => {
    const node = nodeWith(TYPED);
    const activity = answered(await ask(node, 'peer', 'activity-patterns')).summary?.activity;
    expect(activity?.hours[11]).toBe(50);
    expect(activity?.weekdays).toEqual([0, 0, 50, 0, 0, 0, 0]);
    expect(answered(await ask(node, 'peer', 'node-health')).summary?.coverage).toEqual({
      observed: 50,
      redacted: 2,
      dropped: 0,
      shells: ['bash'],
    });
  });
});

describe('answers at level 2', () => {
  test('a supervisor gets vectors alone, and of recent commands family counts alone (FR-705)', async () => {
    const body = await ask(nodeWith(TYPED), 'supervisor', 'recent-commands');
    expect(body).not.toHaveProperty('summary');
    expect(answered(body).level).toBe(2);
    expect(cellsOf(body)).toEqual({
      commands: 50,
      'families.git.count': 45,
      'families.containers.count': 3,
      'families.other.count': 2,
    });
  });

  test('a peer gets the same vectors where the owner shares aggregates only', async () => {
    const body = answered(await ask(nodeWith(TYPED), 'peer', 'safety-posture', { level: 2 }));
    expect(body).toMatchObject({ level: 2 });
    expect(body).not.toHaveProperty('summary');
    expect(cellsOf(body)).toEqual({
      commands: 50,
      rules: 5,
      'levels.safe': 42,
      'levels.moderate': 3,
      'levels.high': 5,
      'rules.git': 5,
      'authors.human.safe': 42,
      'authors.human.moderate': 3,
      'authors.human.high': 5,
    });
  });

  test.each(QUERY_TYPES)(
    'the vector of %s is the same at both levels, and every total the sum of its parts',
    async (type) => {
      const node = nodeWith(TYPED);
      const [first, second] = [await ask(node, 'peer', type), await ask(node, 'supervisor', type)];
      if (type === 'anomalies') {
        expect(first).toEqual({ result: 'no_data', type });
        expect(cellsOf(second)).toEqual({});
        return;
      }
      expect(answered(second).cells).toEqual(answered(first).cells);
      expect(answerFault(first, WORDS)).toBeNull();
      expect(answerFault(second, WORDS)).toBeNull();
    },
  );
});

describe('the preview of level 2', () => {
  test.each([[[]], [['git']], [['our-own-tool']]] as const)(
    'is what a supervisor is answered over the longest span, without the denied tools %j',
    async (deny_tools) => {
      const node = nodeWith([...TYPED, { pattern: 'git log', family: 'git', times: 9, ago: 20 * 24 * 60 }]);
      const given = trusting('supervisor', { deny_tools });
      const vectors = await node.responder.preview(given);
      expect(vectors.map(({ body }) => body.type)).toEqual(QUERY_TYPES);
      for (const { body, cellNames } of vectors) {
        const query = { type: body.type, spanHours: 720 } as const;
        expect(body).toEqual(await node.responder.answer(given, asker, query));
        expect(cellNames).toEqual(vectorSchemaOf(body.type, WORDS).cells);
      }
    },
  );

  test('freezes nothing for those who ask', async () => {
    const node = nodeWith(TYPED);
    const before = await node.responder.preview(trusting('supervisor'));
    node.type([{ pattern: 'git log', family: 'git', times: 9 }]);
    const query = { type: 'tool-usage', spanHours: 720 } as const;
    const body = answered(await node.responder.answer(trusting('supervisor'), asker, query));
    expect([before[0]?.body.type, cellsOf(body)['commands']]).toEqual([QUERY_TYPES[0], 59]);
  });
});

describe('anomalies', () => {
  test('leave as counts of each kind, without times, families or sentences', async () => {
    const node = nodeWith([
      ...TYPED,
      ...Array.from({ length: 40 }, (_, index) => ({
        pattern: 'git log',
        family: 'git',
        times: 3,
        ago: (index + 1) * 24 * 60,
      })),
      { pattern: 'aws s3', family: 'cloud', times: 12, risk: 'high', ago: 9 * 60 },
    ]);
    const body = answered(await ask(node, 'peer', 'anomalies'));
    expect(body.summary).toEqual({
      anomalies: [
        { kind: 'unusual-volume', count: 0 },
        { kind: 'unusual-hours', count: 1 },
        { kind: 'failure-spike', count: 0 },
        { kind: 'repeated-high-risk', count: 1 },
        { kind: 'new-family', count: 2 },
      ],
    });
    expect(cellsOf(body)).toEqual({
      anomalies: 4,
      'anomalies.unusual-hours': 1,
      'anomalies.repeated-high-risk': 1,
      'anomalies.new-family': 2,
    });
    expect(isResponse(body)).toBe(true);
    expect(JSON.stringify(body)).not.toMatch(/cloud|2026|usual at/);
  });
});

describe('what is kept back', () => {
  test('a denied tool is in no figure: not its patterns, family, levels, rules, hours nor totals', async () => {
    const node = nodeWith(TYPED);
    const sharing = { deny_tools: ['git'] };
    for (const type of QUERY_TYPES) {
      const body = await ask(node, 'peer', type, sharing);
      if (body.result !== 'answered') continue;
      expect(JSON.stringify(body.summary)).not.toContain('git');
      expect(cellsOf(body)['commands']).toBe(5);
    }
    expect(cellsOf(await ask(node, 'peer', 'safety-posture', sharing))).toEqual({
      commands: 5,
      'levels.safe': 2,
      'levels.moderate': 3,
      'authors.human.safe': 2,
      'authors.human.moderate': 3,
    });
  });

  test('a rule that any tool may match is not counted where a tool is denied', async () => {
    const anyTool = RULES.find(({ id }) => (WORDS.rules[id]?.tools ?? null) === null);
    const node = nodeWith([{ pattern: 'docker run', family: 'containers', times: 2, rules: [anyTool?.id ?? ''] }]);
    const rules = async (deny_tools: string[]) =>
      cellsOf(await ask(node, 'peer', 'safety-posture', { deny_tools }))['rules'];
    expect(await rules([])).toBe(2);
    node.responder.forget();
    expect(await rules(['git'])).toBeUndefined();
  });

  test('a denied alias is its tool, and a denied name outside the catalogue takes "other" with it', async () => {
    const typed = [...TYPED, { pattern: 'nc', family: 'network', times: 7 }];
    expect(cellsOf(await ask(nodeWith(typed), 'peer', 'tool-usage', { deny_tools: ['ncat'] }))['commands']).toBe(50);
    expect(
      cellsOf(await ask(nodeWith(typed), 'peer', 'tool-usage', { deny_tools: ['our-own-tool'] }))['commands'],
    ).toBe(55);
  });

  test('words outside the catalogue are sent as "other"', async () => {
    const node = nodeWith([{ pattern: 'canary-tool secret', family: 'canary-family', times: 3 }]);
    for (const type of ['tool-usage', 'recent-commands'] as const) {
      const body = await ask(node, 'peer', type);
      expect(JSON.stringify(body)).not.toContain('canary');
      expect(cellsOf(body)['families.other.count']).toBe(3);
      expect(answerFault(body, WORDS)).toBeNull();
    }
  });

  test('no answer of any type holds a word of a command, a path or a session', async () => {
    const node = nodeWith(TYPED);
    for (const type of QUERY_TYPES) {
      expect(JSON.stringify(await ask(node, 'peer', type))).not.toMatch(/canary|bash\.1|host/);
    }
  });

  test('commands outside the span are not counted', async () => {
    const node = nodeWith([...TYPED, { pattern: 'git log', family: 'git', times: 9, ago: 3 * 24 * 60 }]);
    const commands = async (spanHours: 24 | 168 | 720) =>
      cellsOf(await node.responder.answer(trusting('peer'), asker, { type: 'tool-usage', spanHours }))['commands'];
    expect([await commands(24), await commands(168), await commands(720)]).toEqual([50, 59, 59]);
  });

  test('a node without commands in the span says no_data at level 1', async () => {
    const node = nodeWith([]);
    expect(await ask(node, 'peer', 'tool-usage')).toEqual({ result: 'no_data', type: 'tool-usage' });
    expect(await ask(node, 'peer', 'node-health')).toMatchObject({ result: 'answered' });
  });

  test.each(QUERY_TYPES)(
    'the first command does not change how a node answers %s at level 2: there are zeros before it',
    async (type) => {
      const node = nodeWith([]);
      const asked = { type, spanHours: 24 } as const;
      const answer = async (trust: TrustLevel, level: 1 | 2) => {
        node.responder.forget();
        const settled = trusting(trust, { level });
        return answered(await node.responder.answer(settled, asker, asked));
      };
      const before = [await answer('supervisor', 1), await answer('peer', 2)];
      for (const body of before) expect({ fits: isResponse(body), ...cellsOf(body) }).toEqual({ fits: true });
      node.type([{ pattern: 'git status', family: 'git', times: 1 }]);
      const after = await answer('supervisor', 1);
      expect({ ...after, cells: [] }).toEqual({ ...before[0], cells: [] });
      expect(node.audited.filter(({ details }) => details?.['result'] === 'no_data')).toEqual([]);
    },
  );

  test('a node of which only denied tools were used answers as one that observed nothing', async () => {
    const typed = nodeWith([{ pattern: 'git status', family: 'git', times: 4, redacted: true }]);
    for (const type of QUERY_TYPES) {
      const sharing = { deny_tools: ['git'] };
      for (const level of ['peer', 'supervisor'] as const)
        expect(await ask(typed, level, type, sharing)).toEqual(await ask(nodeWith([]), level, type, sharing));
    }
  });
});

describe('the closed form', () => {
  test('every answer fits the schema, and its fault is null', async () => {
    const node = nodeWith(TYPED);
    for (const type of QUERY_TYPES) {
      for (const level of ['peer', 'supervisor', 'untrusted'] as const) {
        const body = await ask(node, level, type);
        expect({ type, level, fits: isResponse(body), fault: answerFault(body, WORDS) }).toEqual({
          type,
          level,
          fits: true,
          fault: null,
        });
      }
    }
  });

  test.each<[string, (body: AnsweredBody) => unknown]>([
    ['a free text', (body) => ({ ...body, note: 'hello' })],
    ['a summary at level 2', (body) => ({ ...body, level: 2 })],
    ['a fraction', (body) => ({ ...body, cells: body.cells.map(() => 0.5) })],
    ['a negative count', (body) => ({ ...body, cells: body.cells.map(() => -1) })],
    ['another span', (body) => ({ ...body, spanHours: 1 })],
    ['a path for a tool', (body) => ({ ...body, summary: { toolCounts: [{ name: '/etc/passwd', count: 1 }] } })],
    [
      'a family of its own',
      (body) => ({
        ...body,
        summary: {
          families: [
            { name: 'mine', count: 1, failures: 0, durationMsSum: 0, durationBuckets: [0, 0, 0, 0, 0, 0, 0, 0] },
          ],
        },
      }),
    ],
  ])('the schema refuses %s', async (_what, change) => {
    const body = answered(await ask(nodeWith(TYPED), 'peer', 'recent-commands'));
    expect(isResponse(body)).toBe(true);
    expect(isResponse(change(body))).toBe(false);
  });

  test.each<[string, (body: AnsweredBody) => AnsweredBody]>([
    ['a tool outside the catalogue', (body) => ({ ...body, summary: { toolCounts: [{ name: 'mytool', count: 1 }] } })],
    [
      'a pattern outside the catalogue',
      (body) => ({ ...body, summary: { patterns: [{ name: 'git frobnicate', count: 1 }] } }),
    ],
    [
      'a tool outside the catalogue among the measured ones',
      (body) => ({
        ...body,
        summary: {
          tools: [
            {
              name: 'mytool',
              count: 1,
              ended: 1,
              failures: 0,
              durationMsSum: 0,
              durationBuckets: [1, 0, 0, 0, 0, 0, 0, 0],
            },
          ],
        },
      }),
    ],
    [
      'a technique outside the table of rules',
      (body) => ({
        ...body,
        summary: {
          safety: {
            levels: { safe: 0, moderate: 0, high: 1, critical: 0 },
            families: [],
            techniques: [{ name: 'T9999', count: 1 }],
          },
        },
      }),
    ],
    ['a vector that is too short', (body) => ({ ...body, cells: body.cells.slice(1) })],
    [
      'a total that does not add up',
      (body) => ({ ...body, cells: body.cells.map((cell, place) => cell + (place === 0 ? 1 : 0)) }),
    ],
    ['a layout of another version', (body) => ({ ...body, layout: 'recent-commands/999' })],
  ])('the check beyond the schema refuses %s', async (_what, change) => {
    const body = answered(await ask(nodeWith(TYPED), 'peer', 'recent-commands'));
    expect(answerFault(change(body), WORDS)).not.toBeNull();
  });

  test('a query has a type and one of three spans, and nothing else', () => {
    expect(isQuery({ type: 'tool-usage', spanHours: 24 })).toBe(true);
    expect(isQuery({ type: 'tool-usage', spanHours: 23 })).toBe(false);
    expect(isQuery({ type: 'raw-commands', spanHours: 24 })).toBe(false);
    expect(isQuery({ type: 'tool-usage', spanHours: 24, tool: 'git' })).toBe(false);
  });
});
