import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { placesFrom } from '../../../src/config/places.ts';
import { openReadOnly } from '../../../src/storage/database.ts';
import { createMarkReader } from '../../../src/storage/trends/mark-store.ts';
import { secretHash } from '../../../src/web/session-store.ts';
import { nodeId } from '../../policy/settings.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';
import { type DashboardRig, loginTokenIn, openRig } from '../dashboard-rig.ts';

const folder = temporaryFolders();
let rig: DashboardRig;
let place: string;
let clock: number;
beforeEach(async () => {
  place = folder();
  clock = Date.now();
  copyFileSync(join(__dirname, 'hostile-page.cjs'), join(place, 'web.cjs'));
  rig = await openRig({ childPath: join(place, 'web.cjs'), now: () => clock });
});
afterEach(() => rig.close());

type Said = Readonly<Record<string, unknown>>;
const proofOf = (who: string) => ({ cookie: `cookie-${who}`, pageToken: `page-${who}` });
const revoke = (id: number, proof: unknown): Said => ({
  type: 'act',
  id,
  kind: 'settings.change',
  body: { set: 'revoked', id: nodeId(7) },
  proof,
});

/** A login that really was posted, whose halves the process made itself. */
async function redeem(id: number, who: string): Promise<Said> {
  const { file } = await rig.dashboard.mintLogin();
  const { cookie, pageToken } = proofOf(who);
  const hashes = { cookieHash: secretHash(cookie), pageHash: secretHash(pageToken) };
  return { type: 'redeem', id, login: loginTokenIn(file), ...hashes, label: null };
}

/** Has the process say all that, and returns the answers. */
async function say(script: readonly Said[]): Promise<readonly (Said | null)[]> {
  writeFileSync(join(place, 'script.json'), JSON.stringify(script));
  await rig.dashboard.warm();
  const file = join(place, 'answers.json');
  await until(() => existsSync(file) && readFileSync(file).length > 0);
  return (JSON.parse(readFileSync(file, 'utf8')) as { answers: readonly (Said | null)[] }).answers;
}

/** What it has written of answers, if it lived long enough to write anything. */
const answered = (): string => {
  const file = join(place, 'answers.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

const denied = async (): Promise<readonly string[]> =>
  (await rig.bus.request('trust.list', {})).deniedNodes.map(({ id }) => id);
const MARK = { first: '2026-11-01', last: '2026-11-02', label: 'planted' };
const marks = () => {
  const database = openReadOnly(placesFrom({ CARO_HOME: rig.home }, rig.home).database);
  const all = createMarkReader(database).list();
  database.close();
  return all;
};
const REFUSED = { ok: false, code: 'usage', message: expect.stringContaining('login') };

describe('a page process that was taken over', () => {
  test('changes nothing without both halves of a login that holds', async () => {
    const [ana, ben] = [proofOf('ana'), proofOf('ben')];
    const hashes = { cookie: secretHash(ana.cookie), pageToken: secretHash(ana.pageToken) };
    const tries = [
      { cookie: '', pageToken: '' },
      proofOf('nobody'),
      { ...ana, pageToken: '' },
      { ...ana, cookie: '' },
      { ...ana, pageToken: ben.pageToken },
      { cookie: ana.pageToken, pageToken: ana.cookie },
      // What it is told of the logins: their hashes.
      hashes,
      { ...ana, pageToken: hashes.pageToken },
    ];
    const script = [
      await redeem(1, 'ana'),
      await redeem(2, 'ben'),
      ...tries.map((proof, at) => revoke(10 + at, proof)),
    ];
    const [first, second, ...answers] = await say(script);
    expect([first, second]).toMatchObject([{ ok: true, body: expect.any(Object) }, { ok: true }]);
    expect(answers).toEqual(tries.map(() => REFUSED));
    expect(await denied()).toEqual([]);
  });

  test('adds and removes no mark without a login that holds', async () => {
    const own = await rig.bus.request('marks.add', { ...MARK, label: 'campaign' });
    const [ana, ben] = [proofOf('ana'), proofOf('ben')];
    const tries = [
      { cookie: '', pageToken: '' },
      proofOf('nobody'),
      { ...ana, pageToken: '' },
      { ...ana, pageToken: ben.pageToken },
    ];
    const answers = await say([
      await redeem(1, 'ana'),
      await redeem(2, 'ben'),
      ...tries.flatMap((proof, at): readonly Said[] => [
        { type: 'act', id: 10 + at, kind: 'marks.add', body: MARK, proof },
        { type: 'act', id: 20 + at, kind: 'marks.remove', body: { id: own.id }, proof },
      ]),
    ]);
    expect(answers.slice(2)).toEqual(tries.flatMap(() => [REFUSED, REFUSED]));
    expect(marks()).toEqual([own]);
  });

  test('accepts changes with a valid login and none after the logout', async () => {
    const { cookie } = proofOf('ana');
    const answers = await say([
      await redeem(1, 'ana'),
      revoke(2, proofOf('ana')),
      { type: 'logout', cookieHash: secretHash(cookie) },
      { ...revoke(3, proofOf('ana')), body: { set: 'revoked', id: nodeId(8) } },
    ]);
    expect(answers.slice(1)).toEqual([{ ok: true, body: null }, null, REFUSED]);
    expect(await denied()).toEqual([nodeId(7)]);
  });

  test('accepts no token that was never issued, was used, or has expired', async () => {
    const good = await redeem(1, 'ana');
    const late = await redeem(3, 'eve');
    clock += 2 * 60_000;
    const invented = { ...good, id: 2, login: 'A'.repeat(43) };
    const answers = await say([
      good,
      invented,
      { ...good, id: 4 },
      late,
      revoke(5, proofOf('ana')),
      revoke(6, proofOf('eve')),
    ]);
    expect(answers.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => ({ ok: true, body: null })));
    expect(answers.slice(4)).toEqual([REFUSED, REFUSED]);
    expect(await denied()).toEqual([]);
  });

  const body = { id: nodeId(7) };
  test.each([
    ['a change without a proof', { type: 'act', id: 1, kind: 'settings.change', body: { set: 'revoked', ...body } }],
    ['a key that is confirmed without a proof', { type: 'act', id: 1, kind: 'trust.confirm', body }],
    ['a key that is only asked to be confirmed', { type: 'ask', id: 1, kind: 'trust.confirm', body }],
    [
      'a change that is only asked for',
      { type: 'ask', id: 1, kind: 'settings.change', body: { set: 'revoked', ...body } },
    ],
    ['a change that it may never make', { type: 'act', id: 1, kind: 'config.commit', body: {}, proof: proofOf('a') }],
    [
      'a denial that is lifted',
      {
        type: 'act',
        id: 1,
        kind: 'settings.change',
        body: { set: 'trust', id: nodeId(7), level: 'peer', lift: [nodeId(7)] },
        proof: proofOf('a'),
      },
    ],
    ['a proof that says it holds', revoke(1, { ...proofOf('a'), holds: true })],
    ['a proof of other kinds', revoke(1, { cookie: ['cookie-a'], pageToken: null })],
    ['a mark that is only asked for', { type: 'ask', id: 1, kind: 'marks.add', body: MARK }],
    ['a mark that is only asked to be removed', { type: 'ask', id: 1, kind: 'marks.remove', body: { id: 1 } }],
    [
      'a mark of two lines',
      { type: 'act', id: 1, kind: 'marks.add', body: { ...MARK, label: 'a\nb' }, proof: proofOf('a') },
    ],
    ['an audit record', { type: 'ask', id: 1, kind: 'audit.append', body: { type: 'trust.changed' } }],
    ['a notice to all', { type: 'events', events: [] }],
  ])('is ended when it says %s', async (_name, said) => {
    writeFileSync(join(place, 'script.json'), JSON.stringify([said]));
    await rig.dashboard.warm();
    await until(() => rig.dashboard.childPid() === undefined);
    expect(rig.troubles).toEqual(["the dashboard's process ended (SIGKILL)"]);
    expect(answered()).not.toContain('"ok"');
    expect(await denied()).toEqual([]);
  });
});
