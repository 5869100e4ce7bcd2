/**
 * What leader and trustee do with messages of a peer that is trusted, connected and hostile. It
 * speaks the protocol without the mesh's own code.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dayLayout } from '../../../src/blind/layout/day-1.ts';
import { makeReport } from '../../../src/blind/report.ts';
import { drawRandomness } from '../../../src/blind/report-bytes.ts';
import { createSealing } from '../../../src/blind/sealing.ts';
import { decodeTask, type OpenedTask } from '../../../src/blind/task.ts';
import { createPrio3 } from '../../../src/blind/vdaf/prio3.ts';
import type { AggregatorRole } from '../../../src/blind/vdaf/vdaf.ts';
import type { Json } from '../../../src/domain/encoding/canonical.ts';
import type { Envelope } from '../../../src/domain/identity/signed-envelope.ts';
import type { TlsMaterial } from '../../../src/identity/certificate.ts';
import { seal } from '../../../src/identity/envelope.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import { asJson, type Hostile, intrude, payloadOf } from '../../mesh/hostile.ts';
import { makeIdentity, makeTls } from '../../mesh/rig.ts';
import { endWeek, HOUR_MS, plusDays, startWeek, type Week } from '../../rig/blind-week.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const LONG_MS = 60_000;
const ROLES = ['leader', 'trustee'] as const;
const FLOOD = 60;
const hostile = makeIdentity();
const other = makeIdentity();

let week: Week;
let task: OpenedTask;
let tls: TlsMaterial;
let day: string;

beforeAll(async () => {
  week = await startWeek(lastingFolder(), { developers: 0, others: [hostile.id, other.id], floor: 5, windowHours: 72 });
  task = decodeTask(readFileSync(week.task, 'utf8'));
  tls = await makeTls(hostile, week.clock.now());
  day = plusDays(week.today(), 1);
  week.goTo(plusDays(day, 1), HOUR_MS);
}, LONG_MS);
afterAll(() => endWeek(week), LONG_MS);

const reportOf = async (signer: Identity, about = day): Promise<Readonly<Record<AggregatorRole, Envelope>>> => {
  const layout = dayLayout(task.task.words);
  const randomness = drawRandomness((count) => new Uint8Array(randomBytes(count)));
  const cells = layout.cells.map(() => 0);
  return makeReport(
    { task, day: about, cells, randomness, signer },
    { vdaf: createPrio3(layout), sealing: createSealing() },
  );
};

async function connect(role: AggregatorRole): Promise<Hostile> {
  const { id, endpoint } = week[role];
  const offsetMs = week.clock.now() - Date.now();
  const peer = await intrude({ id, address: endpoint }, hostile, tls, { offsetMs });
  peer.hello();
  await until(() => peer.received.length > 0, Boolean);
  return peer;
}

/** The code of the refusal that answers a message, or its type. */
async function answered(peer: Hostile, type: string, body: Json): Promise<unknown> {
  const header = peer.header();
  peer.say({ ...header, type, body });
  const reply = await until(
    () => peer.received.map(payloadOf).find(({ inReplyTo }) => inReplyTo === header['nonce']),
    Boolean,
  );
  return reply?.['type'] === 'blind-refusal' ? (reply['body'] as { code: string }).code : reply?.['type'];
}

const ended = async (role: AggregatorRole, commit: (peer: Hostile) => unknown): Promise<string> => {
  const peer = await connect(role);
  commit(peer);
  return peer.closed;
};

/** Signed anew after a change. */
const resigned = (document: Envelope, change: (text: Buffer) => Buffer, signer = hostile): Envelope =>
  seal(document.payloadType, change(Buffer.from(document.payload, 'base64')), signer);

describe.each(ROLES)('a hostile peer of the %s', (role) => {
  const refusals = async () => (await week[role].audit('blind.refused')).filter(({ peer }) => peer === hostile.id);

  test(
    'gets a refusal for each report that is not valid',
    async () => {
      const peer = await connect(role);
      const give = (report: Envelope) => answered(peer, 'blind-report', asJson({ report }));
      const { [role]: own, ...rest } = await reportOf(hostile);
      const [wrongRole] = Object.values(rest);
      const { [role]: stolen } = await reportOf(other);
      expect(await give(resigned(own, () => randomBytes(400)))).toBe('blind_report_invalid');
      expect(await give(resigned(own, (text) => text.subarray(0, 100)))).toBe('blind_report_invalid');
      expect(await give(resigned(own, () => Buffer.from('{}')))).toBe('task_unknown');
      expect(await give(wrongRole as Envelope)).toBe('blind_report_invalid');
      expect(await give(stolen)).toBe('blind_report_invalid');
      expect(await give(resigned(stolen, (text) => text))).toBe('blind_report_invalid');
      expect(await give((await reportOf(hostile, plusDays(day, 1)))[role])).toBe('report_early');
      expect(await give((await reportOf(hostile, plusDays(day, -4)))[role])).toBe('report_late');
      expect(await give(own)).toBe('blind-receipt');
      expect(await give(own)).toBe('blind-receipt');
      expect(await give((await reportOf(hostile))[role])).toBe('report_duplicate');
      peer.socket.close();
      // A code is recorded again after a quarter of an hour, which may end just now.
      const codes = new Set((await refusals()).map(({ details }) => details['code']));
      expect([...codes].sort()).toEqual([
        ...['blind_report_invalid', 'report_duplicate', 'report_early', 'report_late', 'task_unknown'],
      ]);
    },
    LONG_MS,
  );

  test(
    'gets nothing that only the leader gets, and learns of no task',
    async () => {
      const peer = await connect(role);
      const block = { task: task.id, day, block: 'organisation' };
      const presented = { node: other.id, publicShare: '', share: '' };
      const unknown = Buffer.alloc(32, 1).toString('base64');
      expect(await answered(peer, 'blind-total', block)).toBe('task_unknown');
      expect(await answered(peer, 'blind-prepare', { task: task.id, day, reports: [presented] })).toBe('task_unknown');
      expect(await answered(peer, 'blind-log', { task: unknown, from: 0 })).toBe('task_unknown');
      peer.socket.close();
    },
    LONG_MS,
  );

  test(
    'is cut off for what is no message: too long, not in the schema, cut off, sent again',
    async () => {
      const { [role]: report } = await reportOf(hostile);
      const say = (type: string, body: Json) => (peer: Hostile) => peer.say({ ...peer.header(), type, body });
      const long = asJson({ report: { ...report, payload: 'A'.repeat(450_000) } });
      expect(await ended(role, say('blind-report', long))).toBe('message_schema');
      expect(await ended(role, say('blind-report', { report: {} }))).toBe('message_schema');
      expect(await ended(role, say('blind-log', { task: task.id, from: -1 }))).toBe('message_schema');
      expect(await ended(role, say('blind-prepare', { task: task.id, day, reports: [] }))).toBe('message_schema');
      expect(await ended(role, ({ socket }) => socket.send('A'.repeat(2_000_000)))).toBe('1009');
      expect(await ended(role, ({ socket }) => socket.send(randomBytes(50_000)))).toBe('frame_malformed');
      const again = (peer: Hostile) => peer.socket.send(say('blind-report', asJson({ report }))(peer));
      expect(await ended(role, again)).toBe('message_replayed');
      const halved = (peer: Hostile) => {
        const send = peer.socket.send.bind(peer.socket);
        peer.socket.send = (data: unknown) => send(String(data).slice(0, -100));
        say('blind-report', asJson({ report }))(peer);
      };
      expect(await ended(role, halved)).toBe('message_malformed');
    },
    LONG_MS,
  );

  test(
    'that goes on and on does not fill the audit log',
    async () => {
      const before = (await refusals()).length;
      const peer = await connect(role);
      const { [role]: report } = await reportOf(other);
      for (let count = 0; count < FLOOD; count += 1)
        expect(await answered(peer, 'blind-report', asJson({ report }))).toBe('blind_report_invalid');
      peer.socket.close();
      // One more, if a quarter of an hour has just begun.
      expect((await refusals()).length - before).toBeLessThan(2);
    },
    LONG_MS,
  );
});
