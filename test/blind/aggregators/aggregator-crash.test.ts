/**
 * Leader and trustee that are killed by SIGKILL after every step: stored, prepared, answered,
 * finished, released, logged, added up. Real processes on real SQLite.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { AggregatorRole } from '../../../src/blind/vdaf/vdaf.ts';
import type { BlindReply, BlindRequest } from '../../../src/domain/blind/exchange.ts';
import type { BlockTotal } from '../../../src/domain/blind/release.ts';
import { bundledProgram } from '../../rig/programs/bundled-program.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import type { FromAggregator, ToAggregator } from './aggregator-child.ts';
import { AFTER_WINDOW, CLOSE, DAY, HOUR_MS, makeRig, seasoned, sums } from './rig.ts';

const FLOOR = 5;
const program = bundledProgram(join(__dirname, 'aggregator-child.ts'));
const running = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** An aggregator that is started again whenever it has ended. */
interface Killed {
  readonly deaths: () => number;
  /** Steps after which it ended. */
  readonly steps: () => readonly string[];
  /** The reply to a request, or null after a round of work; undefined if it ended. */
  readonly call: (nowMs: number, request: Request | null) => Promise<BlindReply | null | undefined>;
}

interface Request {
  readonly peer: string;
  readonly request: BlindRequest;
}

/** @param ask carries what it asks to the other aggregator */
function killed(
  role: AggregatorRole,
  home: string,
  ask: (request: BlindRequest) => Promise<BlindReply | null>,
): Killed {
  let deaths = 0;
  let child: ChildProcess | undefined;
  const started = (): ChildProcess => {
    if (child) return child;
    const next = fork(program, [role, home], { execArgv: [] });
    running.add(next);
    next.once('exit', (code, signal) => {
      running.delete(next);
      child = undefined;
      if (signal === 'SIGKILL') deaths += 1;
      else console.error(`the ${role} ended with ${code ?? signal}`);
    });
    child = next;
    return next;
  };
  return {
    deaths: () => deaths,
    steps: () => readFileSync(join(home, 'steps'), 'utf8').trimEnd().split('\n'),
    call: (nowMs, request) =>
      new Promise((resolve) => {
        const process = started();
        const send = (message: ToAggregator): void => void process.send(message, () => undefined);
        const settle = (reply: BlindReply | null | undefined): void => {
          process.off('message', take);
          process.off('exit', gone);
          resolve(reply);
        };
        const gone = (): void => settle(undefined);
        const take = (message: FromAggregator): void => {
          if (message.kind === 'done') settle(message.reply);
          else void ask(message.request).then((reply) => send({ kind: 'answer', reply }));
        };
        process.on('message', take);
        process.once('exit', gone);
        send({ kind: 'call', nowMs, request });
      }),
  };
}

/** A task, people of the season, and no report yet. */
async function prepared(folder: string) {
  const rig = await makeRig(folder, { floor: FLOOR });
  const people = await seasoned(rig, FLOOR);
  for (const role of ['leader', 'trustee']) {
    const home = join(folder, role);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'members'), JSON.stringify(people.map(({ id }) => id)));
    writeFileSync(join(home, 'steps'), '');
  }
  return { rig, people };
}

/** As a node's outbox does it: again, until there is a receipt. */
async function deliver(to: Killed, peer: string, report: BlindRequest): Promise<void> {
  for (;;) {
    const reply = await to.call(CLOSE + HOUR_MS, { peer, request: report });
    if (reply === undefined) continue;
    expect(reply).toMatchObject({ type: 'blind-receipt' });
    return;
  }
}

/** Rounds of both until neither ends in one. */
async function workAll(leader: Killed, trustee: Killed, nowMs: number): Promise<void> {
  for (let before = -1; before !== leader.deaths() + trustee.deaths(); ) {
    before = leader.deaths() + trustee.deaths();
    for (const side of [leader, trustee, leader]) await side.call(nowMs, null);
  }
}

test('count each report once, in an exact total', async () => {
  const folder = lastingFolder();
  const { rig, people } = await prepared(folder);
  const cells = people.map(() => rig.cells());
  const reports = await Promise.all(people.map((person, place) => rig.report(person, cells[place] ?? [])));
  const { id } = rig.leader.identity;
  rig.close();
  const trustee = killed('trustee', join(folder, 'trustee'), () => Promise.resolve(null));
  const leader = killed('leader', join(folder, 'leader'), async (request) => {
    const reply = await trustee.call(nowMs, { peer: id, request });
    return reply ?? null;
  });
  let nowMs = CLOSE + HOUR_MS;
  for (const [place, person] of people.entries())
    for (const [role, side] of [
      ['leader', leader],
      ['trustee', trustee],
    ] as const) {
      const report = reports[place]?.[role];
      if (!report) throw new Error('expected a report');
      await deliver(side, person.id, { type: 'blind-report', body: { report } });
    }
  await workAll(leader, trustee, nowMs);
  nowMs = AFTER_WINDOW;
  await workAll(leader, trustee, nowMs);
  const stored = people.map(() => 'add');
  expect(leader.steps()).toEqual([...stored, 'prepare', 'finish', 'follow', 'keep', 'settle']);
  expect(trustee.steps()).toEqual([...stored, 'answer', 'close']);
  expect([leader.deaths(), trustee.deaths()]).toEqual([FLOOR + 5, FLOOR + 2]);
  const totals = new Set(
    readFileSync(join(folder, 'leader', 'totals'), 'utf8')
      .trimEnd()
      .split('\n'),
  );
  expect([...totals].map((line) => JSON.parse(line) as { day: string; blocks: readonly BlockTotal[] })).toEqual([
    { day: DAY, blocks: [{ name: 'organisation', contributors: FLOOR, cells: sums(cells) }] },
  ]);
  // The same report gets its receipt, and no second entry is written.
  for (const [place, person] of people.entries()) {
    const report = reports[place]?.trustee;
    if (report) await deliver(trustee, person.id, { type: 'blind-report', body: { report } });
  }
  const log = await trustee.call(nowMs, {
    peer: id,
    request: { type: 'blind-log', body: { task: rig.task.id, from: 0 } },
  });
  expect(log).toMatchObject({ type: 'blind-entries', body: { size: 1 } });
}, 120_000);
