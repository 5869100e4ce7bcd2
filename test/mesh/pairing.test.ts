import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WebSocketServer } from 'ws';
import { canonical } from '../../src/domain/encoding/canonical.ts';
import { CaroError } from '../../src/domain/errors.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import { encodeEnvelope, seal } from '../../src/identity/envelope.ts';
import { createInvites, pairingProof } from '../../src/mesh/pairing/invite.ts';
import { decodeInviteCode, encodeInviteCode } from '../../src/mesh/pairing/invite-code.ts';
import { EXPORTER_LABEL, MESSAGE_TYPE, SUBPROTOCOL } from '../../src/mesh/protocol/messages.ts';
import { codeOf as thrownBy } from '../rig/error-code.ts';
import { until } from '../rig/until.ts';
import { intrude } from './hostile.ts';
import { codeOf, makeIdentity, makeTls, random, refusals, startNode, stopAll } from './rig.ts';

afterEach(stopAll);

describe('pairing', () => {
  test('gives each owner the name, fingerprint and address of the other node, but no trust', async () => {
    const host = await startNode({ name: 'desk-of-ann' });
    const guest = await startNode({ name: 'laptop-of-bob' });
    const { code, expiresAt } = host.mesh.invite();
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(9 * 60_000);
    expect(await guest.mesh.join(code)).toEqual({
      id: host.id,
      name: 'desk-of-ann',
      fingerprint: host.identity.fingerprint,
      endpoint: host.address,
    });
    expect(host.paired).toEqual([
      {
        id: guest.id,
        address: '127.0.0.1',
        name: 'laptop-of-bob',
        fingerprint: guest.identity.fingerprint,
        endpoint: guest.address,
      },
    ]);
    expect([host.mesh.isConnected(guest.id), guest.mesh.isConnected(host.id)]).toEqual([false, false]);
    expect([...host.connected, ...guest.connected]).toEqual([]);
    const sent = [host, guest].map(({ ledger }) => new Set(ledger.map(({ rule }) => rule)));
    expect(sent).toEqual([new Set(['invite']), new Set(['invite'])]);
  });

  test('is complete for the joining node only when the inviting node has stored it', async () => {
    let store = (): void => undefined;
    const stored = new Promise<void>((done) => {
      store = done;
    });
    let isAsked = false;
    const onPaired = (): Promise<void> => {
      isAsked = true;
      return stored;
    };
    const host = await startNode({ ports: { onPaired } });
    const guest = await startNode();
    const joined = guest.mesh.join(host.mesh.invite().code).then(() => 'joined');
    await until(() => isAsked);
    expect(host.ledger.map(({ type }) => type)).not.toContain('pair');
    store();
    expect(await joined).toBe('joined');
  });

  test('fails for the joining node when the inviting node cannot store it, and is recorded', async () => {
    const onPaired = (): Promise<void> => Promise.reject(new CaroError('config_invalid', 'line 3 of a file'));
    const host = await startNode({ ports: { onPaired } });
    expect(await codeOf((await startNode()).mesh.join(host.mesh.invite().code))).toBe('pairing_unstored');
    expect(refusals(host)).toEqual(['pairing_unstored']);
  });

  test('works only once with a code', async () => {
    const host = await startNode();
    const { code } = host.mesh.invite();
    await (await startNode()).mesh.join(code);
    const third = await startNode();
    expect(await codeOf(third.mesh.join(code))).toBe('peer_untrusted');
    expect(refusals(host)).toEqual(['peer_untrusted']);
  });

  test('works for nodes that trust each other already', async () => {
    const [host, guest] = [await startNode(), await startNode()];
    host.trusted.add(guest.id);
    guest.trusted.add(host.id);
    expect(await guest.mesh.join(host.mesh.invite().code)).toMatchObject({ id: host.id });
  });

  test('ends when the invite expires or is closed by the owner', async () => {
    const host = await startNode({ limits: { inviteMs: 50 } });
    const { code, expiresAt } = host.mesh.invite();
    await until(() => Date.now() > Date.parse(expiresAt));
    expect(await codeOf((await startNode()).mesh.join(code))).toBe('peer_untrusted');
    const other = await startNode();
    const second = other.mesh.invite();
    other.mesh.endInvite();
    expect(await codeOf((await startNode()).mesh.join(second.code))).toBe('peer_untrusted');
  });

  test('allows five wrong guesses of one key, and stays open to every other node', async () => {
    const host = await startNode();
    const { code } = host.mesh.invite();
    const wrong = encodeInviteCode({ ...decodeInviteCode(code), secret: random(16) });
    const guesser = await startNode();
    for (let tries = 0; tries < 5; tries += 1) expect(await codeOf(guesser.mesh.join(wrong))).toBe('pairing_refused');
    expect(await codeOf(guesser.mesh.join(wrong))).toBe('peer_untrusted');
    expect(await codeOf(guesser.mesh.join(code))).toBe('peer_untrusted');
    for (let keys = 0; keys < 3; keys += 1)
      expect(await codeOf((await startNode()).mesh.join(wrong))).toBe('pairing_refused');
    const guest = await startNode();
    expect(await guest.mesh.join(code)).toMatchObject({ id: host.id });
    expect(host.paired.map(({ id }) => id)).toEqual([guest.id]);
  });

  test('is refused to an inviting node that does not know the secret of the code', async () => {
    const inviter = makeIdentity();
    const { key, certificate } = await makeTls(inviter);
    const server = createServer({ key, cert: certificate, requestCert: true, rejectUnauthorized: false });
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
    const guest = await startNode();
    server.on('upgrade', (request, socket, head) => {
      if (!(socket instanceof TLSSocket)) return;
      const session = socket.exportKeyingMaterial(32, EXPORTER_LABEL, Buffer.alloc(0)).toString('base64');
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const bodies = [
          { type: 'hello', body: { rotations: [] } },
          { type: 'pair', body: { name: 'impostor', port: null, proof: Buffer.from(random(32)).toString('base64') } },
        ];
        for (const [sequence, message] of bodies.entries()) {
          const nonce = Buffer.from(random(16)).toString('base64');
          const facts = { version: 1, sender: inviter.id, recipient: guest.id, session, sequence, nonce };
          const payload = canonical({ ...facts, time: new Date().toISOString(), inReplyTo: null, ...message });
          webSocket.send(encodeEnvelope(seal(MESSAGE_TYPE, Buffer.from(payload), inviter)));
        }
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
    const { port } = server.address() as AddressInfo;
    const code = encodeInviteCode({ host: '127.0.0.1', port, id: inviter.id, secret: random(16) });
    expect(await codeOf(guest.mesh.join(code))).toBe('pairing_refused');
    expect(refusals(guest)).toContain('pairing_refused');
    server.close();
  });

  test('is refused when another node answers at the address of the code', async () => {
    const host = await startNode();
    const code = encodeInviteCode({ ...decodeInviteCode(host.mesh.invite().code), id: makeIdentity().id });
    expect(await codeOf((await startNode()).mesh.join(code))).toBe('key_changed');
  });

  test('is not offered to a denied node', async () => {
    const [host, guest] = [await startNode(), await startNode()];
    host.denied.add(guest.id);
    expect(await codeOf(guest.mesh.join(host.mesh.invite().code))).toBe('peer_untrusted');
  });

  test('is all that an untrusted node may do while an invite is open', async () => {
    const host = await startNode();
    host.mesh.invite();
    const stranger = makeIdentity();
    const tls = await makeTls(stranger);
    await expect(intrude(host, stranger, tls)).rejects.toThrow();
    const hostile = await intrude(host, stranger, tls, { path: '/pair' });
    hostile.hello();
    hostile.say({ ...hostile.header(), type: 'query', body: { type: 'node-health', spanHours: 24 } });
    expect(await hostile.closed).toBe('message_unexpected');
    expect(host.queries).toEqual([]);
    const long = await intrude(host, stranger, tls, { path: '/pair' });
    long.socket.send('x'.repeat(40_000));
    expect(await long.closed).toBe('1009');
  });

  test('does not keep the connection of an untrusted node open', async () => {
    const host = await startNode({ limits: { helloMs: 150 } });
    host.mesh.invite();
    const stranger = makeIdentity();
    const hostile = await intrude(host, stranger, await makeTls(stranger), { path: '/pair' });
    hostile.hello();
    await hostile.closed;
    expect(host.mesh.status().strangers).toBe(0);
  });
});

describe('the proof of an invite', () => {
  const [host, guest] = [makeIdentity().id, makeIdentity().id];
  const session = Buffer.alloc(32, 1).toString('base64');
  const secret = new Uint8Array(16).fill(2);

  test('is valid for one session and direction only, so that it cannot be reflected or relayed', () => {
    const proofs = [
      pairingProof(secret, session, guest, host),
      pairingProof(secret, session, host, guest),
      pairingProof(secret, Buffer.alloc(32, 9).toString('base64'), guest, host),
      pairingProof(new Uint8Array(16).fill(3), session, guest, host),
    ];
    expect(new Set(proofs).size).toBe(4);
    const desk = createInvites(host, () => 0, { inviteMs: 1_000, inviteTries: 5 });
    desk.open(secret);
    for (const proof of proofs.slice(1))
      expect(thrownBy(() => desk.redeem(proof, session, guest))).toBe('pairing_refused');
    expect(desk.redeem(proofs[0] ?? '', session, guest)).toBe(proofs[1]);
    expect(thrownBy(() => desk.redeem(proofs[0] ?? '', session, guest))).toBe('invite_closed');
  });
});

describe('an invite', () => {
  const [host, guest] = [makeIdentity().id, makeIdentity().id];
  const session = Buffer.alloc(32, 1).toString('base64');
  const secret = new Uint8Array(16).fill(2);
  const wrong = Buffer.alloc(32, 7).toString('base64');

  test('is open until the very instant at which it expires', () => {
    let nowMs = 0;
    const desk = createInvites(host, () => nowMs, { inviteMs: 1_000, inviteTries: 5 });
    expect(desk.open(secret)).toBe(1_000);
    nowMs = 999;
    expect(desk.isOpen()).toBe(true);
    nowMs = 1_000;
    expect(desk.isOpen()).toBe(false);
    expect(thrownBy(() => desk.redeem(wrong, session, guest))).toBe('invite_closed');
  });

  test('accepts the right proof after any number of wrong ones of other keys', () => {
    const desk = createInvites(host, () => 0, { inviteMs: 1_000, inviteTries: 5 });
    desk.open(secret);
    for (let key = 0; key < 3_000; key += 1)
      expect(thrownBy(() => desk.redeem(wrong, session, makeId(key)))).toBe('pairing_refused');
    expect(desk.mayTry(guest)).toBe(true);
    expect(desk.redeem(pairingProof(secret, session, guest, host), session, guest)).toEqual(expect.any(String));
  });
});

const makeId = (number: number): string => {
  const key = new Uint8Array(32).fill(1);
  key[0] = number & 255;
  key[1] = number >> 8;
  return encodeNodeId(key);
};

describe('an invite code', () => {
  const id = makeIdentity().id;

  test('survives encoding and decoding, even if copied carelessly', () => {
    const hosts = fc.oneof(
      fc.ipV4(),
      fc.ipV6().filter((host) => !host.includes('.')),
    );
    fc.assert(
      fc.property(
        hosts,
        fc.integer({ min: 1, max: 65_535 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (host, port, secret) => {
          const text = encodeInviteCode({ host, port, id, secret });
          const read = decodeInviteCode(
            ` ${text.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('-', ' ')}\n`,
          );
          expect({ ...read, host: '' }).toEqual({ host: '', port, id, secret });
          expect(encodeInviteCode(read)).toBe(text);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is refused with a wrong, missing or additional character', () => {
    const text = encodeInviteCode({ host: '10.0.1.5', port: 9238, id, secret: new Uint8Array(16) });
    fc.assert(
      fc.property(
        fc.nat({ max: text.length - 1 }),
        fc.constantFrom(...Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ')),
        (at, digit) => {
          const spoiled = text.slice(0, at) + digit + text.slice(at + 1);
          if (spoiled !== text && text[at] !== '-')
            expect(thrownBy(() => decodeInviteCode(spoiled))).toBe('invite_code_invalid');
        },
      ),
    );
    for (const bad of ['', 'hello', text.slice(0, -1), `${text}0`, text.replace(/.$/, '!')]) {
      expect(thrownBy(() => decodeInviteCode(bad))).toBe('invite_code_invalid');
    }
  });
});
