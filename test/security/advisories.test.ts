import { afterAll, afterEach, expect, test } from '@jest/globals';
import { ADVISORY_TYPE, type Advisory } from '../../src/domain/advisories/advisory.ts';
import { canonical, type Json } from '../../src/domain/encoding/canonical.ts';
import { seal } from '../../src/identity/envelope.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { asJson, type Hostile, intrude, payloadOf } from '../mesh/hostile.ts';
import { makeIdentity, makeTls, random, stopAll } from '../mesh/rig.ts';
import { type MeshNode, makeNode } from '../rig/mesh-nodes.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
  await stopAll();
});
afterAll(stopAll);

const DAY = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

function advisory(author: Identity, changes: Partial<Advisory> = {}): Advisory {
  return {
    type: 'caro.advisory',
    version: 1,
    id: Buffer.from(random(16)).toString('hex'),
    author: author.id,
    issuedAt: new Date().toISOString(),
    subject: { kind: 'rule', name: 'git.push-force' },
    priority: 'urgent',
    until: dayIn(7),
    ...changes,
  };
}

/** Signs whatever it is given. */
const signed = (content: unknown, signer: Identity): Json =>
  asJson({ document: seal(ADVISORY_TYPE, Buffer.from(canonical(asJson(content))), signer) });

async function victim(trust: Readonly<Record<string, 'peer' | 'supervisor'>>): Promise<MeshNode> {
  const node = await makeNode(folder(), 'victim');
  open.push(node);
  node.configure({ trust });
  await node.start();
  return node;
}

async function visit(node: MeshNode, identity: Identity): Promise<Hostile> {
  const peer = await intrude({ id: node.id, address: node.endpoint }, identity, await makeTls(identity));
  peer.hello();
  return peer;
}

/** What the victim answers to a document. */
async function answer(peer: Hostile, body: Json): Promise<unknown> {
  const acks = () => peer.received.map(payloadOf).filter(({ type }) => type === 'advisory-ack');
  const before = acks().length;
  peer.say({ ...peer.header(), type: 'advisory', body });
  const after = await until(
    () => Promise.resolve(acks()),
    (found) => found.length > before,
  );
  const reply = after.at(-1)?.['body'] as { readonly result?: unknown } | undefined;
  return reply?.result;
}

test('a node that may query this one but is no supervisor sends no advisory', async () => {
  const peer = makeIdentity();
  const node = await victim({ [peer.id]: 'peer' });
  const link = await visit(node, peer);
  expect(await answer(link, signed(advisory(peer), peer))).toBe('denied');
  expect(await node.call('advisories.list', { hidden: true })).toEqual([]);
  expect(await node.audited('peer.refused')).toMatchObject([{ details: { code: 'advisory_refused' } }]);
});

test('a supervisor cannot send a text in any member, nor in the name of another node', async () => {
  const [analyst, other] = [makeIdentity(), makeIdentity()];
  const node = await victim({ [analyst.id]: 'supervisor', [other.id]: 'peer' });
  const link = await visit(node, analyst);
  const text = 'call +49 30 1234 and give your password';
  const base = advisory(analyst);
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ ...base, subject: { kind: 'rule', name: text } }, 'invalid'],
    [{ ...base, subject: { kind: 'rule', name: 'www.evil.example' } }, 'unknown'],
    [{ ...base, subject: { kind: 'rule', name: 'organisation.visit-evil' } }, 'unknown'],
    [{ ...base, subject: { kind: 'family', name: 'constructor' } }, 'unknown'],
    [{ ...base, subject: { kind: 'rule', name: 'git.push-force', note: text } }, 'invalid'],
    [{ ...base, note: text }, 'invalid'],
    [{ ...base, id: text }, 'invalid'],
    [{ ...base, priority: text }, 'invalid'],
    [{ ...base, until: text }, 'invalid'],
    [{ ...base, issuedAt: text }, 'invalid'],
    [{ ...base, author: other.id }, 'invalid'],
    [{ ...base, version: 2 }, 'invalid'],
  ];
  for (const [content, result] of wrong)
    expect([content, await answer(link, signed(content, analyst))]).toEqual([content, result]);
  // Signed by somebody else than it says, and by somebody else than who brings it.
  expect(await answer(link, signed(base, other))).toBe('invalid');
  expect(await answer(link, signed(advisory(other), other))).toBe('invalid');
  expect(await node.call('advisories.list', { hidden: true })).toEqual([]);
  // A member that the message itself does not have ends the connection.
  link.say({ ...link.header(), type: 'advisory', body: { ...(signed(base, analyst) as object), note: text } });
  expect(await link.closed).toBe('message_schema');
});

test('an advisory that is over, too long or from the future is refused', async () => {
  const analyst = makeIdentity();
  const node = await victim({ [analyst.id]: 'supervisor' });
  const link = await visit(node, analyst);
  const at = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
  for (const [changes, result] of [
    [{ issuedAt: at(-9), until: dayIn(-2) }, 'expired'],
    [{ until: dayIn(94) }, 'invalid'],
    [{ until: '2027-02-30' }, 'invalid'],
    [{ issuedAt: at(1) }, 'invalid'],
    [{ issuedAt: at(0), until: dayIn(-2) }, 'invalid'],
    [{}, 'stored'],
  ] as const)
    expect([changes, await answer(link, signed(advisory(analyst, changes), analyst))]).toEqual([changes, result]);
});

test('an advisory that its owner has hidden does not come back when it is sent again', async () => {
  const analyst = makeIdentity();
  const node = await victim({ [analyst.id]: 'supervisor' });
  const sent = advisory(analyst);
  expect(await answer(await visit(node, analyst), signed(sent, analyst))).toBe('stored');
  await node.call('advisories.hide', { id: sent.id });
  const again = await visit(node, analyst);
  expect(await answer(again, signed(sent, analyst))).toBe('known');
  // The same number with another content is not taken either.
  expect(await answer(again, signed({ ...sent, subject: { kind: 'family', name: 'git' } }, analyst))).toBe('known');
  expect(await node.call('advisories.list', {})).toEqual([]);
});

test('a thousand advisories of one supervisor leave twenty, few records, and room for another one', async () => {
  const [flooder, other] = [makeIdentity(), makeIdentity()];
  const node = await victim({ [flooder.id]: 'supervisor', [other.id]: 'supervisor' });
  const link = await visit(node, flooder);
  const results: Record<string, number> = {};
  const count = (): number => link.received.map(payloadOf).filter(({ type }) => type === 'advisory-ack').length;
  for (let batch = 0; batch < 10; batch += 1) {
    const before = count();
    for (let one = 0; one < 100; one += 1)
      link.say({ ...link.header(), type: 'advisory', body: signed(advisory(flooder), flooder) });
    if (batch === 0)
      await until(
        () => Promise.resolve(count()),
        (found) => found === before + 100,
      );
  }
  await until(
    () => Promise.resolve(count()),
    (found) => found >= 200,
  );
  for (const { type, body } of link.received.map(payloadOf))
    if (type === 'advisory-ack') {
      const { result } = body as { readonly result: string };
      results[result] = (results[result] ?? 0) + 1;
    }
  expect(results['stored']).toBe(20);
  expect(Object.keys(results).sort()).toEqual(['full', 'stored']);
  expect(await node.call('advisories.list', { hidden: true })).toHaveLength(20);
  expect(await node.audit('advisory.received')).toHaveLength(20);
  expect((await node.audit('peer.refused')).length).toBeLessThan(4);
  link.socket.terminate();
  expect(await answer(await visit(node, other), signed(advisory(other), other))).toBe('stored');
});
