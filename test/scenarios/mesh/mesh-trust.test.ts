import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { SUMMARY_TYPE } from '../../../src/domain/summaries/summary.ts';
import { seal } from '../../../src/identity/envelope.ts';
import { signRotation } from '../../../src/identity/key-statement.ts';
import { openReadOnly } from '../../../src/storage/database.ts';
import { intrude, payloadOf } from '../../mesh/hostile.ts';
import { makeIdentity, makeSummary, makeTls, random, startNode, stopAll } from '../../mesh/rig.ts';
import { connected, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
  await stopAll();
});
afterAll(stopAll);

const MINUTE = 60_000;

/** A service that calls these nodes peers. */
async function serviceFor(
  ids: readonly string[],
  dials: readonly { id: string; address: string }[] = [],
): Promise<MeshNode> {
  const node = await makeNode(folder(), 'victim');
  open.push(node);
  node.configure({
    trust: Object.fromEntries(ids.map((id) => [id, 'peer'])),
    dials: dials.map(({ id, address }) => ({ id, name: 'other', endpoint: address })),
  });
  await node.start();
  return node;
}

const asVictim = ({ id, endpoint }: MeshNode): { id: string; address: string } => ({ id, address: endpoint });

/** How many summaries a node holds, of whomever. */
function summariesIn({ home }: MeshNode): unknown {
  const database = openReadOnly(join(home, 'data', 'caro.db'));
  try {
    return database.prepare('SELECT count(*) FROM summary').pluck().get();
  } finally {
    database.close();
  }
}

test('revoking the trust in a peer ends its connection at once, and it is refused from then on (E2)', async () => {
  const a = await makeNode(folder(), 'node-a');
  const b = await makeNode(folder(), 'node-b');
  open.push(a, b);
  a.configure({ trust: { [b.id]: 'peer' } });
  b.configure({ trust: { [a.id]: 'peer' }, dials: [a] });
  await startAll([a, b]);
  await connected(a, [b]);

  a.configure({ trust: { [b.id]: 'peer' }, denied: [b.id] });
  await a.reload();

  await b.audited('peer.disconnected');
  expect(await a.isConnected(b.id)).toBe(false);
  const refusals = await a.audited('peer.refused');
  expect(refusals).toMatchObject([{ peer: b.id, details: { code: 'peer_untrusted', direction: 'inbound' } }]);
  expect(await a.audit('trust.changed')).not.toEqual([]);
  const answer = await a.call('mesh.query', { type: 'node-health' });
  expect(answer.targets).toEqual([]);
});

test('a rotated key is put on record, and a denial of the old key covers the new one', async () => {
  const [before, after] = [makeIdentity(), makeIdentity()];
  const service = await serviceFor([before.id]);
  const peer = await startNode({
    identity: before,
    trusts: [service.id],
    peers: [{ id: service.id, address: service.endpoint }],
  });
  await service.audited('peer.connected');
  const statement = signRotation(before, after, { nowMs: Date.now(), nonce: random(16) });
  await peer.mesh.announceRotation(statement);
  expect(await service.audited('key.rotated')).toMatchObject([{ peer: before.id, details: { outcome: 'new' } }]);

  service.configure({ trust: { [before.id]: 'peer', [after.id]: 'peer' }, denied: [before.id] });
  await service.reload();
  await until(
    async () => service.isConnected(before.id),
    (is) => !is,
  );
  await expect(intrude(asVictim(service), after, await makeTls(after))).rejects.toThrow();
  const refused = await service.audited('peer.refused');
  expect(refused.map(({ peer: id }) => id)).toContain(after.id);
});

test('a peer whose clock is 6 minutes off is refused with the difference, one of less than 5 is not (E3)', async () => {
  const [late, fast] = [makeIdentity(), makeIdentity()];
  const service = await serviceFor([late.id, fast.id]);
  const refused = await intrude(asVictim(service), late, await makeTls(late), { offsetMs: -6 * MINUTE });
  refused.hello();
  expect(await refused.closed).toBe('clock_skewed');
  const [record] = await service.audited('peer.refused');
  expect(record).toMatchObject({ peer: late.id, details: { code: 'clock_skewed' } });
  expect(Math.abs(Number(record?.details['skewMs']) + 6 * MINUTE)).toBeLessThan(30_000);

  const taken = await intrude(asVictim(service), fast, await makeTls(fast), { offsetMs: 4.9 * MINUTE });
  taken.hello();
  await service.audited('peer.connected');
  expect(await service.isConnected(fast.id)).toBe(true);
  taken.socket.terminate();
});

test('an asker is told that a peer is skewed, and by how much', async () => {
  const identity = makeIdentity();
  const service = await makeNode(folder(), 'asker');
  const peer = await startNode({ identity, trusts: [service.id], offsetMs: 7 * MINUTE });
  open.push(service);
  service.configure({
    trust: { [peer.id]: 'peer' },
    dials: [{ id: peer.id, name: 'skewed', endpoint: peer.address }],
  });
  await service.start();

  const { peers } = await until(
    () => service.call('mesh.status', {}),
    (status) => status.peers[0]?.state === 'skewed',
  );
  expect(Math.abs(Number(peers[0]?.skewMs) - 7 * MINUTE)).toBeLessThan(30_000);
  const answer = await service.call('mesh.query', { type: 'safety-posture' });
  expect(answer.targets).toMatchObject([{ id: peer.id, state: 'skewed' }]);
  expect(answer.counts).toMatchObject({ skewed: 1 });
});

test('a forged summary is refused and put on record, and nothing of it is kept (E4)', async () => {
  const [peer, other] = [makeIdentity(), makeIdentity()];
  const service = await serviceFor([peer.id, other.id]);
  const tls = await makeTls(peer);
  const { document } = makeSummary(peer);
  const forgeries = [
    // With a signature of another key, about another node, changed after it was signed.
    seal(SUMMARY_TYPE, Buffer.from(document.payload, 'base64'), other),
    makeSummary(other).document,
    { ...document, payload: makeSummary(peer).document.payload },
  ];
  const hostile = await intrude(asVictim(service), peer, tls);
  hostile.hello();
  for (const { signatures, ...forged } of forgeries) {
    const document = { ...forged, signatures: signatures.map((signature) => ({ ...signature })) };
    hostile.say({ ...hostile.header(), type: 'summary', body: { document } });
  }
  const answers = await until(
    () => Promise.resolve(hostile.received.map(payloadOf).filter(({ type }) => type === 'summary-ack')),
    (messages) => messages.length === forgeries.length,
  );
  expect(answers.map(({ body }) => body)).toEqual(
    forgeries.map(() => expect.objectContaining({ result: 'refused' }) as unknown),
  );
  expect(await service.audited('peer.refused')).toMatchObject([
    { peer: peer.id, details: { code: 'summary_invalid' } },
  ]);
  expect(summariesIn(service)).toBe(0);
  expect(await service.audit('summary.received')).toEqual([]);
});
