import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { Context } from '../../../src/cli/context.ts';
import { parseTimeout } from '../../../src/cli/input/options.ts';
import { sayQueryResult } from '../../../src/cli/output/answers/query-report.ts';
import type { QueryResult, QueryTarget } from '../../../src/domain/answers/query.ts';
import { TARGET_STATES, type TargetState } from '../../../src/domain/policy/trust.ts';

const target = (name: string, state: TargetState, rest: Partial<QueryTarget> = {}): QueryTarget => ({
  id: `caro:ed25519:${name}`,
  name,
  state,
  elapsedMs: 12,
  ...rest,
});

async function reported(targets: readonly QueryTarget[], rest: Partial<QueryResult>): Promise<string> {
  const stdout = new PassThrough();
  const counts = Object.fromEntries(
    TARGET_STATES.map((state) => [state, targets.filter((one) => one.state === state).length]),
  ) as QueryResult['counts'];
  const result: QueryResult = {
    type: 'safety-posture',
    since: '2026-01-01T00:00:00.000Z',
    until: '2026-01-08T00:00:00.000Z',
    targets,
    counts,
    contributors: counts.answered,
    withheld: null,
    withheldCells: [],
    withheldBy: {},
    aggregate: null,
    elapsedMs: 34,
    ...rest,
  };
  await sayQueryResult({ stdout, env: {} } as unknown as Context, result, 3);
  return String(stdout.read());
}

describe('the answer of the mesh for people', () => {
  test('accounts for every target, and marks what is withheld', async () => {
    const targets = [
      ...['a', 'b', 'c'].map((name) => target(name, 'answered')),
      target('d', 'access_denied'),
      target('e', 'no_response', { elapsedMs: 500 }),
    ];
    const aggregate = {
      commands: 90,
      rules: 0,
      'levels.safe': 80,
      'levels.high': null,
      'levels.critical': null,
      'rules.git': 0,
    };
    const text = await reported(targets, {
      aggregate,
      withheldBy: { 'levels.high': 'floor', 'levels.critical': 'companion' },
    });
    expect(text.split('\n').slice(2)).toEqual([
      'NODE  STATE            TOOK',
      'a     answered        12 ms',
      'b     answered        12 ms',
      'c     answered        12 ms',
      'd     access_denied   12 ms',
      'e     no_response    500 ms',
      '',
      '5 asked: 3 answered, 1 access_denied, 1 no_response, in 34 ms',
      '',
      'Sum over 3 nodes',
      'WHAT                         COUNT',
      'commands                        90',
      'risk safe                       80',
      'risk high          withheld: floor',
      'risk critical  withheld: companion',
      '2 more are 0',
      'withheld: floor: fewer than 3 nodes contributed',
      'withheld: companion: with it, one that too few nodes contributed to could be computed from the total',
      '',
    ]);
  });

  test('shows the measures of a tool family beside one another', async () => {
    const aggregate = {
      commands: 12,
      failures: 3,
      durationMs: 65_000,
      'families.git.count': 12,
      'families.git.failures': null,
      'families.git.durationMs': 65_000,
      'families.web.count': 0,
      'families.web.failures': 0,
      'families.web.durationMs': 0,
    };
    const text = await reported([target('a', 'answered')], {
      type: 'tool-usage',
      aggregate,
      withheldBy: { 'families.git.failures': 'group' },
      contributors: 3,
    });
    expect(text).toContain(
      [
        'FAMILY  COMMANDS         FAILURES       TIME',
        'all           12                3  1 min 5 s',
        'git           12  withheld: group  1 min 5 s',
      ].join('\n'),
    );
    expect(text).toContain('1 more is 0');
  });

  test('says why there is no sum', async () => {
    const text = await reported([target('a', 'answered'), target('b', 'answered')], { withheld: 'cohort_too_small' });
    expect(text).toContain('No sum is shown: it would cover 2 nodes.');
    expect(text).toContain('A sum needs 3 nodes (privacy.min_contributors)');
  });

  test('shows what a node told of itself at level 1, and lets no name play with the terminal', async () => {
    const summary = {
      toolCounts: [
        { name: 'git', count: 45 },
        { name: 'ls', count: 1 },
      ],
      patterns: [{ name: 'git push', count: 12 }],
    };
    const text = await reported([target('ben\u001b[2J', 'answered', { summary })], { withheld: 'cohort_too_small' });
    expect(text).toContain('ben\\u001b[2J\n  git: 45 commands\n  ls: 1 command\n  patterns: git push 12\n');
    expect(text).not.toContain('\u001b');
  });

  test('says how to have somebody to ask', async () => {
    expect(await reported([], {})).toContain('There is no node to ask: none has a trust level of its own');
  });
});

describe('a time limit', () => {
  test.each([
    ['500ms', 500],
    ['2s', 2_000],
    ['1m', 60_000],
  ])('of %s is %d ms', (text, ms) => {
    expect(parseTimeout(text)).toBe(ms);
  });

  test.each(['', '0ms', '500', '11m', '1h', '-1s', '1.5s'])('of %j is none', (text) => {
    expect(() => parseTimeout(text)).toThrow('Expected a time such as 500ms');
  });
});
