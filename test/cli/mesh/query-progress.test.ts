import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type AdminServer, openAdminServer } from '../../../src/admin/server.ts';
import { Bus } from '../../../src/bus/bus.ts';
import type { Context } from '../../../src/cli/context.ts';
import { sayStatesWhile } from '../../../src/cli/output/answers/query-progress.ts';
import { placesFrom } from '../../../src/config/places.ts';
import type { QueryProgress, QueryResult } from '../../../src/domain/answers/query.ts';
import { CaroError } from '../../../src/domain/errors.ts';
import type { QueryType, TargetState } from '../../../src/domain/policy/trust.ts';
import { until } from '../../rig/until.ts';

const CLEAR = '\r\u001b[K';
const RESULT = { type: 'anomalies' } as QueryResult;
let home: string;
let bus: Bus;
let server: AdminServer;
let shown: string;
let context: Context;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'caro-query-'));
  const places = { ...placesFrom({ CARO_HOME: home }, ''), socket: join(home, 'admin.sock') };
  bus = new Bus();
  server = await openAdminServer({
    socketPath: places.socket,
    bus,
    onDefect: () => undefined,
  });
  shown = '';
  const stdout = new PassThrough().on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const interrupted = new AbortController().signal;
  context = { stdout, env: {}, interrupted, places: () => places } as unknown as Context;
});
afterEach(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const notice = (query: string, type: QueryType, pending: number, ...states: readonly TargetState[]): QueryProgress => ({
  query,
  type,
  pending,
  targets: states.map((state, index) => ({ id: `caro:ed25519:${index}`, name: null, state })),
});
const seen = (text: string): Promise<unknown> =>
  until(
    () => Promise.resolve(shown),
    (all) => all.includes(text),
  );

test('states are shown on one line while a query runs, those of other queries are not, and the line is gone in the end', async () => {
  const ask = async (): Promise<QueryResult> => {
    await bus.publish('query.partial', notice('other', 'node-health', 7, 'error'));
    await bus.publish('query.partial', notice('begun before', 'anomalies', 3, 'error', 'error'));
    await bus.publish('query.partial', notice('begun just before', 'anomalies', 6, 'no_data'));
    await bus.publish('query.partial', notice('ours', 'anomalies', 2, 'answered'));
    await bus.publish('query.partial', notice('dashboard', 'anomalies', 8, 'skewed'));
    await bus.publish('query.partial', notice('ours', 'anomalies', 1, 'answered', 'access_denied'));
    await seen('2 of 3');
    await bus.publish('query.partial', notice('ours', 'anomalies', 0, 'answered', 'access_denied', 'answered'));
    await seen('3 of 3');
    return RESULT;
  };
  expect(await sayStatesWhile(context, 'ours', ask)).toBe(RESULT);
  expect(shown.split(CLEAR)).toEqual([
    '',
    '1 of 3: 1 answered',
    '2 of 3: 1 answered, 1 access_denied',
    '3 of 3: 2 answered, 1 access_denied',
    '',
  ]);
});

test('a refusal ends the waiting with its own error', async () => {
  const refusal = new CaroError('not_running', 'expected the mesh to be on');
  await expect(sayStatesWhile(context, 'ours', () => Promise.reject(refusal))).rejects.toBe(refusal);
  expect(shown).toBe('');
});
