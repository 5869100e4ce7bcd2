import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { CaroError } from '../../src/domain/errors.ts';
import type { DualEnvelope } from '../../src/domain/identity/signed-envelope.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { signRevocation, signRotation } from '../../src/identity/key-statement.ts';
import { GRACE_MS } from '../../src/keys/grace.ts';
import { EMPTY_KEY_BOOK, hasSucceeded, type KeyBook } from '../../src/keys/key-book.ts';
import { takeRotations } from '../../src/keys/rotation-intake.ts';
import { until } from '../rig/until.ts';
import { asJson, intrude } from './hostile.ts';
import {
  bothConnected,
  makeIdentity,
  makeTls,
  NO_DATA,
  QUESTION,
  random,
  refusals,
  startNode,
  startPair,
  stopAll,
} from './rig.ts';

afterEach(stopAll);

const facts = (): { nowMs: number; nonce: Uint8Array } => ({ nowMs: Date.now(), nonce: random(16) });
const rotation = (from: Identity, to: Identity): DualEnvelope => signRotation(from, to, facts());

describe('a rotation', () => {
  test('is received by every connected peer', async () => {
    const pair = await startPair();
    await bothConnected(pair);
    const { a, b } = pair;
    const statement = rotation(a.identity, makeIdentity());
    expect(await a.mesh.announceRotation(statement)).toEqual([b.id]);
    await until(() => b.rotations.length === 1);
    expect(b.rotations).toEqual([{ peer: a.id, statement }]);
  });

  test('is received in the hello by peers that were away, while the old key is still valid', async () => {
    const identity = makeIdentity();
    const statement = rotation(identity, makeIdentity());
    const pair = await startPair({ identity, ports: { rotations: () => [statement] } });
    await bothConnected(pair);
    expect(pair.b.rotations).toEqual([{ peer: identity.id, statement }]);
  });

  test('is received from the new key at the old address, which is trusted only after the grace period', async () => {
    const [old, next] = [makeIdentity(), makeIdentity()];
    let book: KeyBook = EMPTY_KEY_BOOK;
    let graceMs = 0;
    const peer = makeIdentity();
    const rotated = await startNode({
      identity: next,
      trusts: [peer.id],
      ports: { rotations: () => [rotation(old, next)] },
    });
    const node = await startNode({
      identity: peer,
      trusts: [old.id],
      peers: [{ id: old.id, address: rotated.address }],
      ports: {
        onKeys: ({ id }, { rotations }) => {
          ({ book } = takeRotations(book, rotations, id, Date.now()));
          return Promise.resolve();
        },
        hasSucceeded: (id, later) => hasSucceeded(book, id, later, Date.now() + graceMs),
      },
    });
    await until(() => book.rotations.length === 1);
    await until(() => node.mesh.status().peers[0]?.code === 'key_changed');
    expect(node.mesh.isConnected(old.id)).toBe(false);
    expect(node.ledger).toEqual([]);
    graceMs = GRACE_MS + 1_000;
    node.trusted.add(next.id);
    await until(() => node.mesh.isConnected(next.id));
    expect(await node.mesh.ask(old.id, QUESTION, 2_000)).toEqual(NO_DATA);
    expect(node.mesh.status().peers).toMatchObject([{ id: old.id, state: 'connected' }]);
  });

  test("is ignored from an unknown key at a peer's address if it is not a rotation of that peer's key", async () => {
    const [expected, stranger, friend] = [makeIdentity(), makeIdentity(), makeIdentity()];
    const strange = await startNode({
      identity: stranger,
      trusts: [friend.id],
      ports: { rotations: () => [rotation(makeIdentity(), stranger)] },
    });
    const node = await startNode({
      identity: friend,
      trusts: [expected.id],
      peers: [{ id: expected.id, address: strange.address }],
    });
    await until(() => node.mesh.status().peers[0]?.code === 'key_changed');
    expect(node.rotations).toEqual([]);
    expect(node.ledger).toEqual([]);
  });

  test('is taken before the connection is registered and before the next message is handled', async () => {
    const identity = makeIdentity();
    const events: string[] = [];
    let finish: () => void = () => undefined;
    const victim = await startNode({
      trusts: [identity.id],
      ports: {
        onKeys: () => new Promise<void>((resolve) => (finish = resolve)).then(() => void events.push('keys')),
        onConnected: () => void events.push('connected'),
        onQuery: ({ id }, { type }) => {
          events.push(victim.mesh.isConnected(id) ? 'query' : 'query too early');
          return Promise.resolve({ result: 'no_data', type });
        },
      },
    });
    const hostile = await intrude(victim, identity, await makeTls(identity));
    const rotations = asJson([rotation(identity, makeIdentity())]);
    hostile.say({ ...hostile.header(), type: 'hello', body: { rotations } });
    hostile.say({ ...hostile.header(), type: 'query', body: { ...QUESTION } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(events).toEqual([]);
    expect(victim.mesh.isConnected(identity.id)).toBe(false);
    finish();
    await until(() => events.length === 3);
    expect(events).toEqual(['keys', 'connected', 'query']);
  });

  test('ends the connection when it cannot be taken', async () => {
    const identity = makeIdentity();
    const onKeys = (): Promise<void> => Promise.reject(new CaroError('rotation_invalid', 'expected another rotation'));
    const victim = await startNode({ trusts: [identity.id], ports: { onKeys } });
    const hostile = await intrude(victim, identity, await makeTls(identity));
    const rotations = asJson([rotation(identity, makeIdentity())]);
    hostile.say({ ...hostile.header(), type: 'hello', body: { rotations } });
    expect(await hostile.closed).toBe('rotation_invalid');
    expect(victim.connected).toEqual([]);
  });

  test('leaves no registered connection if the connection ends while it is taken', async () => {
    const identity = makeIdentity();
    let finish: () => void = () => undefined;
    const onKeys = jest.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const victim = await startNode({ trusts: [identity.id], ports: { onKeys } });
    const hostile = await intrude(victim, identity, await makeTls(identity));
    const rotations = asJson([rotation(identity, makeIdentity())]);
    hostile.say({ ...hostile.header(), type: 'hello', body: { rotations } });
    await until(() => onKeys.mock.calls.length === 1);
    victim.mesh.disconnect(identity.id, 'untrusted');
    await hostile.closed;
    finish();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(victim.mesh.status().peers).toEqual([]);
    expect(victim.connected).toEqual([]);
  });

  test('ends the connection when it is about the keys of others', async () => {
    const identity = makeIdentity();
    const victim = await startNode({ trusts: [identity.id] });
    const hostile = await intrude(victim, identity, await makeTls(identity));
    hostile.hello();
    const statement = asJson(rotation(makeIdentity(), makeIdentity()));
    hostile.say({ ...hostile.header(), type: 'rotation', body: { statement } });
    expect(await hostile.closed).toBe('rotation_invalid');
    expect(victim.rotations).toEqual([]);
    await until(() => refusals(victim).includes('rotation_invalid'));
  });

  test('ends the connection when the new key has not signed it', async () => {
    const identity = makeIdentity();
    const victim = await startNode({ trusts: [identity.id] });
    const hostile = await intrude(victim, identity, await makeTls(identity));
    const good = rotation(identity, makeIdentity());
    const statement = { ...good, signatures: [good.signatures[0], good.signatures[0]] };
    hostile.say({ ...hostile.header(), type: 'hello', body: { rotations: asJson([statement]) } });
    expect(await hostile.closed).toBe('rotation_invalid');
    expect(victim.mesh.isConnected(identity.id)).toBe(false);
  });
});

describe('a revocation', () => {
  test('is received by every connected peer', async () => {
    const pair = await startPair();
    await bothConnected(pair);
    const { a, b } = pair;
    const statement = signRevocation(a.identity, facts());
    expect(await a.mesh.announceRevocation(statement)).toEqual([b.id]);
    await until(() => b.revocations.length === 1);
    expect(b.revocations).toEqual([{ peer: a.id, statement }]);
  });

  test('is received from any peer, whose key it ends being the one that signed it', async () => {
    const identity = makeIdentity();
    const victim = await startNode({ trusts: [identity.id] });
    const hostile = await intrude(victim, identity, await makeTls(identity));
    const [first, second] = [makeIdentity(), makeIdentity()].map((lost) => signRevocation(lost, facts()));
    const revocations = asJson([first]);
    hostile.say({ ...hostile.header(), type: 'hello', body: { rotations: [], revocations } });
    hostile.say({ ...hostile.header(), type: 'revocation', body: { statement: asJson(second) } });
    await until(() => victim.revocations.length === 2);
    expect(victim.revocations).toEqual([first, second].map((statement) => ({ peer: identity.id, statement })));
  });

  test('is received from an unexpected key at the address of a peer, with no rotation beside it', async () => {
    const [lost, other, friend] = [makeIdentity(), makeIdentity(), makeIdentity()];
    const statement = signRevocation(lost, facts());
    const there = await startNode({
      identity: other,
      trusts: [friend.id],
      ports: { rotations: () => [rotation(makeIdentity(), other)], revocations: () => [statement] },
    });
    const node = await startNode({
      identity: friend,
      trusts: [lost.id],
      peers: [{ id: lost.id, address: there.address }],
    });
    await until(() => node.revocations.length > 0);
    expect(node.revocations[0]).toEqual({ peer: other.id, statement });
    expect([node.rotations, node.ledger]).toEqual([[], []]);
  });

  test.each(['hello', 'revocation'])('ends the connection if another key signed it, in a %s', async (type) => {
    const identity = makeIdentity();
    const victim = await startNode({ trusts: [identity.id] });
    const hostile = await intrude(victim, identity, await makeTls(identity));
    const [good, other] = [signRevocation(makeIdentity(), facts()), signRevocation(identity, facts())];
    const statement = { ...good, signatures: other.signatures };
    if (type === 'revocation') hostile.hello();
    const body = type === 'hello' ? { rotations: [], revocations: [statement] } : { statement };
    hostile.say({ ...hostile.header(), type, body: asJson(body) });
    expect(await hostile.closed).toBe('rotation_invalid');
    expect(victim.revocations).toEqual([]);
  });
});
