import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AskPorts, askMesh, targetsOf } from '../../src/actors/query-router/mesh-question.ts';
import type { PeerAnswer, QueryProgress, QueryResult, ResponseBody } from '../../src/domain/answers/query.ts';
import { vectorSchemaOf } from '../../src/domain/answers/vector-schema.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import { TARGET_STATES, type TrustLevel } from '../../src/domain/policy/trust.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';
import { NOW, openNode, type TestNode } from '../policy/node.ts';
import { nodeId, settings } from '../policy/settings.ts';

const WORDS = vocabulary();
const SELF = nodeId(200);
const DAY_MS = 24 * 3_600_000;

/**
 * What each target does: answers like a real node, with what it was given, or one of the ways to
 * fail.
 */
type Behaviour =
  | 'dead'
  | 'skewed'
  | 'broken'
  | 'silent'
  | ((query: { readonly type: string }) => Promise<ResponseBody>);

interface Asked {
  readonly result: QueryResult;
  readonly notices: readonly QueryProgress[];
  readonly audited: readonly AuditEntry[];
}

const configurationFor = (
  ids: readonly string[],
  floor: number,
): Pick<Configuration, 'trust' | 'mesh' | 'privacy'> => ({
  trust: settings({ trust: { nodes: Object.fromEntries(ids.map((id) => [id, 'peer'])) } }).trust,
  mesh: {
    enabled: true,
    listen: '127.0.0.1:0',
    mdns: false,
    allow_dns: false,
    allow_public: false,
    peers: ids.slice(0, 1).map((id) => ({ name: 'first', id, address: '10.0.0.1:9238' })),
  },
  privacy: { min_contributors: floor },
});

async function askAll(
  behaviours: readonly Behaviour[],
  { floor = 2, type = 'safety-posture' as const, deadlineMs = 60 } = {},
): Promise<Asked> {
  const ids = behaviours.map((_, index) => nodeId(index + 1));
  const notices: QueryProgress[] = [];
  const audited: AuditEntry[] = [];
  const ports: AskPorts = {
    self: () => SELF,
    accounts: () => Promise.resolve((id) => id),
    vocabulary: () => Promise.resolve(WORDS),
    ask: (peers, query) => Promise.resolve(peers.map((id) => answerOf(behaviours[ids.indexOf(id)], query))),
    audit: (entry) => Promise.resolve(audited.push(entry)),
    progress: (notice) => notices.push(notice),
    randomHex: (bytes) => 'ab'.repeat(bytes),
    now: () => NOW,
    ticks: () => performance.now(),
  };
  const result = await askMesh(ports, configurationFor(ids, floor), {
    type,
    sinceMs: NOW - 7 * DAY_MS,
    untilMs: NOW,
    deadlineMs,
  });
  return { result, notices, audited };
}

const CODES = { dead: 'not_running', skewed: 'clock_skewed', broken: 'internal' } as const;

async function answerOf(behaviour: Behaviour | undefined, query: { readonly type: string }): Promise<PeerAnswer> {
  if (behaviour === 'silent') return new Promise(() => undefined);
  if (typeof behaviour === 'function') return { ok: true, body: await behaviour(query) };
  return { ok: false, code: CODES[behaviour ?? 'broken'] };
}

const opened: TestNode[] = [];
afterEach(() => {
  for (const node of opened.splice(0)) node.close();
});
/**
 * A real node that trusts the asker at a level and has typed so many safe and critical commands.
 */
const realNode = (level: TrustLevel, safe: number, critical = 0): Behaviour => {
  const node = openNode();
  opened.push(node);
  node.type([
    { pattern: 'git status', family: 'git', times: safe },
    { pattern: 'other', family: 'other', times: critical, risk: 'critical' },
  ]);
  const given = settings({ trust: { nodes: { [SELF]: level } } });
  return (query) => node.responder.answer(given, { id: SELF }, query as never);
};

describe('a question to the mesh', () => {
  test('ten nodes: three deny, one is dead, six answer, and the sum is theirs', async () => {
    const { result } = await askAll(
      [
        ...Array.from({ length: 6 }, () => realNode('supervisor', 10)),
        ...Array.from({ length: 3 }, () => realNode('share_to', 10)),
        'dead',
      ],
      { floor: 5, deadlineMs: 5_000 },
    );
    expect(result.counts).toEqual({
      answered: 6,
      no_data: 0,
      access_denied: 3,
      no_response: 1,
      skewed: 0,
      error: 0,
      suppressed: 0,
    });
    expect(result).toMatchObject({ contributors: 6, withheld: null, withheldCells: [], type: 'safety-posture' });
    expect(result.aggregate).toMatchObject({ commands: 60, 'levels.safe': 60, 'levels.critical': 0 });
    expect(result.targets[0]).toMatchObject({ id: nodeId(1), name: 'first', state: 'answered' });
    expect(result.targets.flatMap(({ summary }) => summary ?? [])).toEqual([]);
    expect(Date.parse(result.until) - Date.parse(result.since)).toBe(7 * DAY_MS);
  });

  test('it ends when the last live node has answered, long before the deadline', async () => {
    const { result } = await askAll([realNode('peer', 1), realNode('peer', 1), 'dead'], { deadlineMs: 600_000 });
    expect(result.counts).toMatchObject({ answered: 2, no_response: 1 });
  });

  test('a node that stays silent costs the deadline and no more, and is marked no_response', async () => {
    const { result } = await askAll([realNode('peer', 1), realNode('peer', 2), 'silent'], { deadlineMs: 50 });
    expect(result.counts).toMatchObject({ answered: 2, no_response: 1 });
    expect(result.aggregate).toMatchObject({ commands: 3 });
    expect(result.targets[2]?.elapsedMs).toBeGreaterThanOrEqual(49);
  });

  test('level-1 answers are shown per node, level-2 answers only in the sum', async () => {
    const { result, notices, audited } = await askAll([
      realNode('peer', 7),
      realNode('peer', 8),
      realNode('supervisor', 11),
      realNode('supervisor', 13),
    ]);
    expect(result.targets.map(({ summary }) => summary?.safety?.levels.safe)).toEqual([7, 8, undefined, undefined]);
    expect(result.aggregate).toMatchObject({ commands: 39 });
    expect(
      JSON.stringify([{ ...result, targets: result.targets.map(({ state }) => state), elapsedMs: 0 }, audited]),
    ).not.toMatch(/\b1[13]\b/);
    expect(JSON.stringify(notices)).not.toContain('cells');
  });

  test('the sum over a cohort below the floor is withheld', async () => {
    const { result } = await askAll([realNode('supervisor', 3), realNode('supervisor', 4)], { floor: 3 });
    expect(result).toMatchObject({ contributors: 2, withheld: 'cohort_too_small', aggregate: null, withheldCells: [] });
    expect(result.counts).toMatchObject({ answered: 2 });
  });

  test('a single supervisor-level answer among peers is left out and marked suppressed', async () => {
    const { result } = await askAll(
      [realNode('peer', 1), realNode('peer', 1), realNode('peer', 1), realNode('supervisor', 100)],
      { floor: 3 },
    );
    expect(result.counts).toMatchObject({ answered: 3, suppressed: 1 });
    expect(result.aggregate).toMatchObject({ commands: 3 });
  });

  test('a cell of one node is withheld and named, together with another cell', async () => {
    const { result } = await askAll([
      realNode('supervisor', 5, 1),
      realNode('supervisor', 6),
      realNode('supervisor', 7),
    ]);
    const authors = (level: string) => ['human', 'agent', 'unknown'].map((author) => `authors.${author}.${level}`);
    const levels = ['levels.safe', 'levels.critical'];
    expect(result.withheldCells).toEqual([...levels, ...authors('safe'), ...authors('critical')]);
    expect(result.aggregate).toMatchObject({
      commands: 19,
      'levels.critical': null,
      'levels.safe': null,
      'levels.high': 0,
    });
  });

  test('a node without data counts as no_data and contributes nothing', async () => {
    const { result } = await askAll([realNode('peer', 0), realNode('peer', 2), realNode('peer', 3)]);
    expect(result).toMatchObject({ contributors: 2, counts: { no_data: 1, answered: 2 } });
  });

  test.each<[string, (body: ResponseBody & { result: 'answered' }) => ResponseBody]>([
    ['answers another question', (body) => ({ ...body, type: 'tool-usage' })],
    ['answers for another span', (body) => ({ ...body, spanHours: 24 })],
    ['has another layout', (body) => ({ ...body, layout: 'safety-posture/99' })],
    ['has a vector of another length', (body) => ({ ...body, cells: [1] })],
    [
      'has a total that is not its parts',
      (body) => ({ ...body, cells: body.cells.map((cell, place) => (place === 0 ? cell + 5 : cell)) }),
    ],
  ])('a node that %s ends as an error and adds nothing', async (_what, change) => {
    const honest = realNode('supervisor', 9) as (query: { readonly type: string }) => Promise<ResponseBody>;
    const lying: Behaviour = async (query) => {
      const body = await honest(query);
      return body.result === 'answered' ? change(body) : body;
    };
    const { result } = await askAll([realNode('peer', 1), realNode('peer', 1), lying]);
    expect(result.counts).toMatchObject({ answered: 2, error: 1 });
    expect(result.aggregate).toMatchObject({ commands: 2 });
  });

  test('words of a peer that are in no catalogue here are not shown', async () => {
    const honest = realNode('peer', 9) as (query: { readonly type: string }) => Promise<ResponseBody>;
    const lying: Behaviour = async (query) => {
      const body = await honest(query);
      if (body.result !== 'answered') return body;
      return {
        ...body,
        summary: {
          ...body.summary,
          toolCounts: [
            { name: 'sneaky', count: 1 },
            { name: 'git', count: 2 },
          ],
          patterns: [{ name: 'git sneaky', count: 1 }],
        },
      };
    };
    const { result } = await askAll([lying, realNode('peer', 1)]);
    expect(JSON.stringify(result)).not.toContain('sneaky');
    expect(result.targets[0]?.summary?.toolCounts).toEqual([{ name: 'git', count: 2 }]);
  });

  test('while it runs, notices hold states only, and the query is recorded', async () => {
    const { notices, audited } = await askAll([realNode('peer', 1), 'dead', 'skewed', 'broken']);
    expect(notices.map(({ pending }) => pending)).toEqual([3, 2, 1, 0]);
    expect(new Set(notices.flatMap((notice) => Object.keys(notice)))).toEqual(
      new Set(['query', 'type', 'pending', 'targets']),
    );
    expect(new Set(notices.flatMap(({ targets }) => targets.flatMap(Object.keys)))).toEqual(
      new Set(['id', 'name', 'state']),
    );
    expect(
      notices
        .at(-1)
        ?.targets.map(({ state }) => state)
        .sort(),
    ).toEqual(['answered', 'error', 'no_response', 'skewed']);
    expect(audited).toEqual([{ type: 'query.sent', details: { query: 'safety-posture', spanHours: 168, targets: 4 } }]);
  });

  test('without targets the result is empty and withheld', async () => {
    const { result } = await askAll([]);
    expect(result).toMatchObject({ targets: [], contributors: 0, withheld: 'cohort_too_small', aggregate: null });
  });

  test('every target is accounted for exactly once, and the states add up', async () => {
    const layout = vectorSchemaOf('safety-posture', WORDS);
    const vector = (safe: number): readonly number[] =>
      layout.cells.map((name) => (name === 'commands' || name === 'levels.safe' ? safe : 0));
    const reply =
      (body: ResponseBody): Behaviour =>
      () =>
        Promise.resolve(body);
    const behaviour = fc.oneof(
      fc.constantFrom<Behaviour>('dead', 'skewed', 'broken'),
      fc
        .constantFrom('no_data', 'access_denied', 'suppressed', 'error')
        .map((result) => reply({ result, type: 'safety-posture' })),
      fc.tuple(fc.constantFrom<1 | 2>(1, 2), fc.nat(9)).map(([level, safe]) =>
        reply({
          result: 'answered',
          type: 'safety-posture',
          level,
          spanHours: 168,
          layout: layout.name,
          cells: vector(safe),
          ...(level === 1 ? { summary: {} } : {}),
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(behaviour, { maxLength: 12 }),
        fc.integer({ min: 2, max: 5 }),
        async (behaviours, floor) => {
          const { result } = await askAll(behaviours, { floor, deadlineMs: 5_000 });
          const sum = TARGET_STATES.reduce((total, state) => total + result.counts[state], 0);
          expect(sum).toBe(behaviours.length);
          expect(result.targets.map(({ id }) => id)).toEqual(behaviours.map((_, index) => nodeId(index + 1)));
          for (const state of TARGET_STATES)
            expect(result.counts[state]).toBe(result.targets.filter((target) => target.state === state).length);
          if (result.aggregate !== null) expect(result.contributors).toBe(result.counts.answered);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('who is asked', () => {
  test('peers named in trust.nodes, but not this node, not the untrusted, not the denied, and nobody for a subnet', () => {
    const trust = settings({
      trust: {
        nodes: {
          [nodeId(1)]: 'peer',
          [nodeId(2)]: 'untrusted',
          [nodeId(3)]: 'supervisor',
          [nodeId(4)]: 'share_to',
          [SELF]: 'peer',
        },
        subnets: { '10.0.0.0/8': 'peer' },
        deny: { nodes: [nodeId(3)], subnets: [] },
      },
    }).trust;
    const { mesh } = configurationFor([nodeId(1)], 2);
    expect(targetsOf({ trust, mesh }, SELF)).toEqual([
      { id: nodeId(1), name: 'first' },
      { id: nodeId(4), name: null },
    ]);
  });
});
