import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TlsMaterial } from '../../../src/identity/certificate.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import type { MeshLimits } from '../../../src/mesh/transport/limits.ts';
import { until } from '../../rig/until.ts';
import { asJson, type Hostile, intrude, payloadOf } from '../hostile.ts';
import {
  makeIdentity,
  makeSummary,
  makeTls,
  NO_DATA,
  QUESTION,
  refusals,
  startNode,
  stopAll,
  type TestNode,
} from '../rig.ts';

let victim: TestNode;
let friend: TestNode;
let identity: Identity;
let tls: TlsMaterial;

/**
 * The hostile peer is trusted, since the messages of other nodes are never read. A friend checks
 * that the victim keeps answering.
 */
beforeEach(async () => {
  identity = makeIdentity();
  tls = await makeTls(identity);
  const key = makeIdentity();
  victim = await startNode({ trusts: [identity.id, key.id], limits: { messagesPerSecond: 20 } });
  friend = await startNode({ identity: key, trusts: [victim.id], peers: [{ id: victim.id, address: victim.address }] });
  await until(() => friend.mesh.isConnected(victim.id));
});

afterEach(async () => {
  expect(await friend.mesh.ask(victim.id, QUESTION, 5_000)).toEqual(NO_DATA);
  await stopAll();
});

const question = { type: 'query', body: QUESTION };
const minutes = (count: number): string => new Date(Date.now() + count * 60_000).toISOString();

interface Attack {
  readonly code: string;
  readonly commit: (hostile: Hostile) => void;
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'a forged signature': {
    code: 'message_forged',
    commit: ({ say, header }) => say({ ...header(), ...question }, makeIdentity()),
  },
  'a changed payload under a good signature': {
    code: 'message_forged',
    commit: ({ socket, say, header }) => {
      const send = socket.send.bind(socket);
      let text = '';
      socket.send = (data: unknown) => {
        text = String(data);
      };
      say({ ...header(), ...question });
      const envelope = JSON.parse(text) as { payload: string };
      const payload = Buffer.from(envelope.payload, 'base64').toString().replace('"spanHours":24', '"spanHours":168');
      send(JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }));
    },
  },
  'a replay of its own message': {
    code: 'message_replayed',
    commit: ({ socket, say, header }) => socket.send(say({ ...header(), ...question })),
  },
  'a message 6 minutes old': {
    code: 'message_stale',
    commit: ({ say, header }) => say({ ...header(), ...question, time: minutes(-6) }),
  },
  'a message from 6 minutes ahead': {
    code: 'message_future',
    commit: ({ say, header }) => say({ ...header(), ...question, time: minutes(6) }),
  },
  'an invalid date': {
    code: 'message_malformed',
    commit: ({ say, header }) => say({ ...header(), ...question, time: '2026-02-30T00:00:00.000Z' }),
  },
  'a message for another node': {
    code: 'message_recipient',
    commit: ({ say, header }) => say({ ...header(), ...question, recipient: friend.id }),
  },
  'a message in the name of another node': {
    code: 'message_sender',
    commit: ({ say, header }) => say({ ...header(), ...question, sender: friend.id }),
  },
  'a message of another session': {
    code: 'message_session',
    commit: ({ say, header }) => say({ ...header(), ...question, session: Buffer.alloc(32, 7).toString('base64') }),
  },
  'a sequence that goes back': {
    code: 'message_sequence',
    commit: ({ say, header }) => say({ ...header(), ...question, sequence: 0 }),
  },
  'a sequence with a gap': {
    code: 'message_sequence',
    commit: ({ say, header }) => say({ ...header(), ...question, sequence: 5 }),
  },
  'a second hello': {
    code: 'message_unexpected',
    commit: ({ say, header }) => say({ ...header(), type: 'hello', body: { rotations: [] } }),
  },
  'a pair message on a connection that is not for pairing': {
    code: 'message_unexpected',
    commit: ({ say, header }) =>
      say({ ...header(), type: 'pair', body: { name: 'x', port: null, proof: Buffer.alloc(32).toString('base64') } }),
  },
  'free text in a query': {
    code: 'message_schema',
    commit: ({ say, header }) =>
      say({ ...header(), type: 'query', body: { ...QUESTION, filter: 'kubectl --context secret' } }),
  },
  'a query for a span that is not offered': {
    code: 'message_schema',
    commit: ({ say, header }) => say({ ...header(), type: 'query', body: { ...QUESTION, spanHours: 1 } }),
  },
  'an unknown member in the header': {
    code: 'message_malformed',
    commit: ({ say, header }) => say({ ...header(), ...question, note: 'hello' }),
  },
  'another version': {
    code: 'message_malformed',
    commit: ({ say, header }) => say({ ...header(), ...question, version: 2 }),
  },
  'a message that is not JSON': { code: 'message_malformed', commit: ({ socket }) => socket.send('hello?') },
  'very deeply nested JSON': { code: 'message_malformed', commit: ({ socket }) => socket.send('['.repeat(500_000)) },
  'an envelope with white space': {
    code: 'message_malformed',
    commit: ({ socket, say, header }) => {
      const send = socket.send.bind(socket);
      socket.send = (data: unknown) => send(` ${String(data)}`);
      say({ ...header(), ...question });
    },
  },
  'a binary message': { code: 'frame_malformed', commit: ({ socket }) => socket.send(Buffer.from('{}')) },
  'a message over 1 MiB': { code: '1009', commit: ({ socket }) => socket.send('x'.repeat(1024 * 1024 + 1)) },
  'a summary that breaks its schema': {
    code: 'summary_invalid',
    commit: ({ say, header }) => {
      const { document } = makeSummary(identity, { patterns: [{ name: '/home/ann/secret plan', count: 1 }] });
      say({ ...header(), type: 'summary', body: { document: asJson(document) } });
    },
  },
  'a rotation of keys that are not its own': {
    code: 'message_schema',
    commit: ({ say, header }) => say({ ...header(), type: 'rotation', body: { statement: {} } }),
  },
};

describe('a malicious trusted peer is refused with a specific code for (FR-305, NFR-203)', () => {
  test.each(Object.entries(ATTACKS))('%s', async (_what, { code, commit }) => {
    const hostile = await intrude(victim, identity, tls);
    hostile.hello();
    await until(() => victim.mesh.isConnected(identity.id));
    commit(hostile);
    expect(await hostile.closed).toBe(code);
    await until(() => refusals(victim).includes(code === '1009' ? 'frame_too_large' : code));
    expect(victim.queries.filter(({ asker }) => asker.id === identity.id).length).toBe(
      code === 'message_replayed' ? 1 : 0,
    );
  });

  test('a message before the hello', async () => {
    const hostile = await intrude(victim, identity, tls);
    hostile.say({ ...hostile.header(), ...question });
    expect(await hostile.closed).toBe('message_unexpected');
  });

  test('a missing hello', async () => {
    const short = await startNode({ trusts: [identity.id], limits: { helloMs: 100 } });
    const hostile = await intrude(short, identity, tls);
    expect(['tls_timeout', '1006']).toContain(await hostile.closed);
    await until(() => refusals(short).includes('tls_timeout'));
    expect(short.mesh.status().strangers).toBe(0);
  });

  test('invalid WebSocket frames', async () => {
    const hostile = await intrude(victim, identity, tls);
    hostile.hello();
    const raw = (hostile.socket as unknown as { _socket: { write: (data: Buffer) => void } })._socket;
    raw.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    await hostile.closed;
    await until(() => refusals(victim).includes('frame_malformed'));
  });
});

describe('a message of an unknown type', () => {
  test('is skipped, and the next message is answered', async () => {
    const hostile = await intrude(victim, identity, tls);
    hostile.hello();
    hostile.say({ ...hostile.header(), type: 'weather-report', body: { sky: 'blue' } });
    const { nonce } = payloadOf(hostile.say({ ...hostile.header(), ...question }));
    await until(() => hostile.received.length === 2);
    expect(payloadOf(hostile.received[1] ?? '')).toMatchObject({ type: 'response', inReplyTo: nonce, body: NO_DATA });
    hostile.socket.terminate();
  });
});

describe('a peer that sends too fast', () => {
  const rates = (): number => refusals(victim).filter((code) => code === 'message_rate').length;
  /** A victim that writes no second record of a refusal during the test. */
  const startVictim = async (limits: Partial<MeshLimits>): Promise<void> => {
    victim = await startNode({ trusts: [identity.id, friend.id], limits: { refusalsEveryMs: 3_600_000, ...limits } });
    friend = await startNode({ ...{ identity: friend.identity, trusts: [victim.id] }, peers: [victim] });
    await until(() => friend.mesh.isConnected(victim.id));
  };
  const connect = async (): Promise<Hostile> => {
    const hostile = await intrude(victim, identity, tls);
    hostile.hello();
    await until(() => victim.mesh.isConnected(identity.id));
    return hostile;
  };

  test('is read more slowly and recorded once, and loses no message', async () => {
    await startVictim({ messageBurst: 100, messagesPerSecond: 10 });
    const hostile = await connect();
    for (let count = 0; count < 230; count += 1) hostile.say({ ...hostile.header(), ...question });
    expect(await friend.mesh.ask(victim.id, QUESTION, 5_000)).toEqual(NO_DATA);
    await until(() => hostile.received.length === 231);
    expect(rates()).toBe(1);
    hostile.socket.terminate();
  });

  test.each(['ping', 'pong'] as const)('is read more slowly and recorded once for %s frames too', async (kind) => {
    await startVictim({});
    const hostile = await connect();
    for (let count = 0; count < 5_000; count += 1) hostile.socket[kind]('x'.repeat(125));
    await until(() => rates() === 1);
    hostile.say({ ...hostile.header(), ...question });
    expect(await friend.mesh.ask(victim.id, QUESTION, 5_000)).toEqual(NO_DATA);
    expect(victim.queries.filter(({ asker }) => asker.id === identity.id)).toEqual([]);
    hostile.socket.terminate();
  });

  test('is read more slowly and recorded once for a few large messages', async () => {
    await startVictim({ byteBurst: 100_000, bytesPerSecond: 1_000_000 });
    const hostile = await connect();
    for (let count = 0; count < 4; count += 1)
      hostile.say({ ...hostile.header(), type: 'weather-report', body: { sky: 'x'.repeat(50_000) } });
    hostile.say({ ...hostile.header(), ...question });
    await until(() => hostile.received.length === 2);
    expect(rates()).toBe(1);
    hostile.socket.terminate();
  });

  test('in endless fragments of one message is disconnected', async () => {
    await startVictim({});
    const hostile = await connect();
    for (let count = 0; count < 100; count += 1) hostile.socket.send('', { fin: false });
    await hostile.closed;
    await until(() => refusals(victim).some((code) => code === 'frame_malformed' || code === 'frame_too_large'));
  });
});
