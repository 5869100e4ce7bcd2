/**
 * One aggregator of bench/blind.ts, in a process of its own: the actor, a real database and the
 * worker pool. Messages of the other side come over the parent.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createBlindAggregator } from '../../src/actors/blind-aggregator.ts';
import { openAggregators } from '../../src/blind/aggregator/aggregators.ts';
import { dayLayout, layoutWords } from '../../src/blind/layout/day-1.ts';
import { createSealing } from '../../src/blind/sealing.ts';
import { createPrio3 } from '../../src/blind/vdaf/prio3.ts';
import type { AggregatorRole } from '../../src/blind/vdaf/vdaf.ts';
import type { BlindReply, BlindRequest } from '../../src/domain/blind/exchange.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { openAggregatorKeys } from '../../src/keys/aggregator-keys.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';
import { createAggregatorStore, createRoleStore } from '../../src/storage/blind/aggregator-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { openPool } from '../../src/workers/pool.ts';
import type { MadeReports } from './blind-reports.ts';

export interface AggregatorFigures {
  readonly cpuSeconds: number;
  readonly rssBeforeMiB: number;
  readonly rssPeakMiB: number;
  /** The step at which it was largest. */
  readonly peakAt: string;
  readonly databaseMiB: number;
}

const [role, folder] = process.argv.slice(2) as [AggregatorRole, string];
const MIB = 2 ** 20;
const SAMPLE_MS = 100;

const file = join(folder, `${role}.db`);
let nowMs = Date.parse('2026-11-01T00:00:00Z');
const { database } = openDatabase(file, nowMs);
const pool = openPool(resolve('dist/worker.js'));
const sealing = createSealing();
const secrets = openAggregatorKeys(join(folder, `${role}-keys.json`));
const identity = openIdentity(join(folder, `${role}.key`));
let members: ReadonlySet<string> = new Set();
let totals: readonly (readonly number[])[] = [];
const store = createAggregatorStore(database);
const roles = createRoleStore(database);

/** Requests to the other side, by number. */
const pending = new Map<number, (reply: BlindReply) => void>();
let asked = 0;
const ask = (request: BlindRequest): Promise<BlindReply> =>
  new Promise((resolveReply) => {
    asked += 1;
    pending.set(asked, resolveReply);
    process.send?.({ kind: 'ask', number: asked, request });
  });

const opened = openAggregators({
  store,
  roles,
  threads: {
    prepare: ({ opened: { task }, role: own, verifyKey, sealingKey }, jobs) =>
      pool.run(
        'prepareReports',
        { databaseFile: file, role: own, words: task.words, verifyKey, sealingKey, jobs },
        { timeoutMs: 600_000 },
      ),
    sum: ({ opened: { id, task } }, day, nodes) =>
      pool.run('sumShares', { databaseFile: file, words: task.words, task: id, day, nodes }, { timeoutMs: 600_000 }),
  },
  group: () => ({ account: (id) => id, isMember: (id) => members.has(id), unit: () => null }),
  members: () => [...members],
  signer: () => identity,
  sealing,
  keys: { ...secrets, sealingKey: () => sealing.deriveKey(secrets.sealingSeed()) },
  mayBe: () => role,
  leastNoise: () => 0,
  words: () => Promise.resolve(layoutWords(vocabulary())),
  vdaf: (words) => Promise.resolve(createPrio3(dayLayout(words))),
  ask: (_peer, request) => ask(request),
  keep: ({ blocks }) => {
    totals = blocks.map(({ cells }) => cells);
    return Promise.resolve();
  },
  audit: () => Promise.resolve(),
  refused: () => Promise.resolve(),
  isTimeConfirmed: () => true,
  now: () => nowMs,
  randomBytes: (count) => new Uint8Array(randomBytes(count)),
});
const log = { warn: () => undefined, error: (facts: unknown) => console.error(role, facts) };
const alarm = () => ({ set: () => undefined, stop: () => undefined });
const hasTasks = () => roles.all().length > 0;
const audit = () => Promise.resolve();
const clock = { confirm: () => false, isConfirmed: () => true };
const actor = createBlindAggregator({ open: () => opened, clock, hasTasks, alarm, audit, log });
const { handlers } = actor;

let peak = 0;
let peakAt = '';
let step = '';
let before = 0;
let started = process.cpuUsage();
setInterval(() => {
  const now = process.memoryUsage.rss();
  if (now > peak) [peak, peakAt] = [now, step];
}, SAMPLE_MS).unref();

/** Whether nothing waits for this aggregator. */
const isIdle = (state: string): boolean =>
  database.prepare(`SELECT 1 FROM blind_report WHERE state IN (${state}) LIMIT 1`).get() === undefined;
const pause = (ms: number): Promise<void> => new Promise((ended) => setTimeout(ended, ms));

const STEPS = {
  id: () => identity.id,
  draft: async (trustee: string) => (await opened).draft({ name: 'bench', trustee }),
  endorse: async (document: string) => (await (await opened).endorse(document, true)).document ?? '',
  /** Everybody is a member since long ago. */
  members: async () => {
    const { nodes } = JSON.parse(readFileSync(join(folder, 'made.json'), 'utf8')) as MadeReports;
    members = new Set(nodes);
    await (await opened).work();
    globalThis.gc?.();
    before = process.memoryUsage.rss();
    peak = before;
    started = process.cpuUsage();
  },
  clock: (ms: string) => {
    nowMs = Number(ms);
  },
  take: async () => {
    for await (const line of createInterface({ input: createReadStream(join(folder, `${role}.ndjson`)) })) {
      const { peer, report } = JSON.parse(line) as { peer: string; report: never };
      const reply = await handlers['blind.request']({ peer, request: { type: 'blind-report', body: { report } } });
      if (reply.type !== 'blind-receipt') throw new Error(`expected a receipt, got ${JSON.stringify(reply.body)}`);
    }
    if (role === 'leader') while (!isIdle("'waiting'")) await pause(20);
  },
  /** The leader presents what it has prepared. */
  present: async () => {
    while (!isIdle("'waiting', 'prepared'")) {
      await handlers['clock.quarter']({ nowMs, retentionMs: nowMs });
      await pause(50);
    }
  },
  work: async () => (await opened).work(),
  totals: () => JSON.stringify(totals),
  figures: (): AggregatorFigures => {
    const { user, system } = process.cpuUsage(started);
    const size = database.pragma('page_count', { simple: true }) as number;
    return {
      cpuSeconds: (user + system) / 1e6,
      rssBeforeMiB: before / MIB,
      rssPeakMiB: peak / MIB,
      peakAt,
      databaseMiB: (size * (database.pragma('page_size', { simple: true }) as number)) / MIB,
    };
  },
} as const;

export type Step = keyof typeof STEPS;

process.on(
  'message',
  (message: {
    kind: string;
    number: number;
    step?: Step;
    input?: string;
    reply?: BlindReply;
    request?: BlindRequest;
  }) => {
    const { kind, number } = message;
    if (kind === 'reply' && message.reply) {
      pending.get(number)?.(message.reply);
      pending.delete(number);
    } else if (kind === 'asked' && message.request) {
      void Promise.resolve(handlers['blind.request']({ peer: message.input ?? '', request: message.request })).then(
        (reply) => process.send?.({ kind: 'reply', number, reply }),
      );
    } else if (message.step) {
      const run: (input: string) => unknown = STEPS[message.step];
      step = message.step;
      Promise.resolve(run(message.input ?? '')).then(
        (result) => process.send?.({ kind: 'done', number, result }),
        (error: unknown) => process.send?.({ kind: 'failed', number, result: String(error) }),
      );
    }
  },
);
process.on('disconnect', () => process.exit(0));
