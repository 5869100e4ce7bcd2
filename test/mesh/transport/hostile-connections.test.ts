import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { TlsMaterial } from '../../../src/identity/certificate.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';
import { gone, intrude, tcpTo, tlsTo } from '../hostile.ts';
import {
  codeOf,
  makeIdentity,
  makeTls,
  NO_DATA,
  QUESTION,
  refusals,
  startNode,
  stopAll,
  type TestNode,
} from '../rig.ts';

const YEAR = 365 * 86_400_000;
let stranger: Identity;
let strangerTls: TlsMaterial;
let rsa: TlsMaterial;
let victim: TestNode;
let friend: TestNode;

/** A key and a certificate made with the command line of OpenSSL. */
function opensslMaterial(...key: readonly string[]): TlsMaterial {
  const folder = lastingFolder();
  const [keyFile, certificateFile] = [join(folder, 'key'), join(folder, 'crt')];
  const request = [
    'req',
    '-x509',
    ...key,
    '-nodes',
    '-keyout',
    keyFile,
    '-out',
    certificateFile,
    '-days',
    '1',
    '-subj',
    '/CN=x',
  ];
  execFileSync('openssl', request, { stdio: 'ignore' });
  return { key: readFileSync(keyFile, 'utf8'), certificate: readFileSync(certificateFile, 'utf8') };
}

beforeAll(async () => {
  stranger = makeIdentity();
  strangerTls = await makeTls(stranger);
  rsa = opensslMaterial('-newkey', 'rsa:2048');
});

beforeEach(async () => {
  const key = makeIdentity();
  victim = await startNode({ trusts: [key.id], limits: { strangersPerAddress: 50, strangers: 60 } });
  friend = await startNode({ identity: key, trusts: [victim.id], peers: [{ id: victim.id, address: victim.address }] });
  await until(() => friend.mesh.isConnected(victim.id));
});

afterEach(async () => {
  expect(await friend.mesh.ask(victim.id, QUESTION, 5_000)).toEqual(NO_DATA);
  await stopAll();
});

afterAll(stopAll);

const onRecord = (code: string): Promise<boolean> => until(() => refusals(victim).includes(code));

describe('a connection is refused and recorded with its own code when the other side', () => {
  test('is untrusted with a valid certificate: no byte of its HTTP is answered (FR-205)', async () => {
    const socket = await tlsTo(victim, strangerTls);
    let answer = '';
    socket.on('data', (data: Buffer) => {
      answer += data.toString();
    });
    socket.write('GET / HTTP/1.1\r\nHost: caro\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    await gone(socket);
    expect(answer).toBe('');
    await onRecord('peer_untrusted');
    expect(victim.audit.find(({ type }) => type === 'peer.refused')).toMatchObject({
      peer: stranger.id,
      details: { code: 'peer_untrusted', address: '127.0.0.1', direction: 'inbound', count: 1 },
    });
  });

  test('has no certificate', async () => {
    await gone(await tlsTo(victim, {}));
    await onRecord('certificate_missing');
  });

  test('has an RSA certificate, which TLS with Ed25519 only does not accept', async () => {
    await gone(await tlsTo(victim, rsa));
    await onRecord('certificate_missing');
  });

  test('has a certificate that has expired', async () => {
    const old = await makeTls(stranger, Date.now() - 2 * YEAR);
    await gone(await tlsTo(victim, old));
    await onRecord('certificate_expired');
  });

  test('has a certificate that another key signed', async () => {
    const folder = lastingFolder();
    const run = (...words: readonly string[]): unknown =>
      execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' });
    run('req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=ca');
    run('req', '-newkey', 'ed25519', '-nodes', '-keyout', 'key', '-out', 'csr', '-subj', '/CN=x');
    run(
      'x509',
      '-req',
      '-in',
      'csr',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      'crt',
      '-days',
      '1',
    );
    const [key, certificate] = ['key', 'crt'].map((file) => readFileSync(join(folder, file), 'utf8'));
    await gone(await tlsTo(victim, { key: key ?? '', certificate: certificate ?? '' }));
    await onRecord('certificate_kind');
  });

  test('supports only TLS 1.2 (FR-201)', async () => {
    await expect(tlsTo(victim, strangerTls, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/);
    await onRecord('tls_version');
  });

  test('does not use TLS', async () => {
    const socket = await tcpTo(victim);
    socket.write('GET / HTTP/1.1\r\nHost: caro\r\n\r\n');
    await gone(socket);
    await onRecord('tls_handshake');
  });

  test('requests another protocol than the mesh', async () => {
    const known = makeIdentity();
    victim.trusted.add(known.id);
    const tls = await makeTls(known);
    await expect(intrude(victim, known, tls, { subprotocol: 'chat' })).rejects.toThrow();
    await onRecord('upgrade_invalid');
    await expect(intrude(victim, known, tls, { path: '/pair' })).rejects.toThrow();
    const socket = await tlsTo(victim, tls);
    socket.write('GET / HTTP/1.1\r\nHost: caro\r\n\r\n');
    await gone(socket);
    await until(() => counted('upgrade_invalid') === 3);
  });

  test('tries to resume a session instead of proving its key', async () => {
    const known = makeIdentity();
    victim.trusted.add(known.id);
    const tls = await makeTls(known);
    let ticket: Buffer | undefined;
    const first = await tlsTo(victim, tls);
    first.on('session', (session) => {
      ticket = session;
    });
    first.write('GET / HTTP/1.1\r\n\r\n');
    await gone(first);
    const socket = await tlsTo(victim, strangerTls, ticket ? { session: ticket } : {});
    expect(socket.isSessionReused()).toBe(false);
    await gone(socket);
    await onRecord('peer_untrusted');
  });
});

const counted = (code: string): number =>
  victim.audit
    .filter(({ type, details }) => type === 'peer.refused' && details?.['code'] === code)
    .reduce((sum, { details }) => sum + Number(details?.['count']), 0);

describe('a flood of untrusted connections', () => {
  test('that stays silent is closed after a timeout, and a trusted peer can connect meanwhile', async () => {
    const key = makeIdentity();
    const slow = await startNode({ trusts: [key.id], limits: { helloMs: 400, strangersPerAddress: 20 } });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => tcpTo(slow)));
    sockets[0]?.write(Buffer.from([0x16, 0x03]));
    const late = await startNode({ identity: key, trusts: [slow.id], peers: [{ id: slow.id, address: slow.address }] });
    await until(() => late.mesh.isConnected(slow.id));
    await Promise.all(sockets.map(gone));
    await until(() => refusals(slow).includes('tls_timeout'));
    expect(slow.mesh.status().strangers).toBe(0);
    expect(late.mesh.isConnected(slow.id)).toBe(true);
  });

  test('of 1,000 connections displaces itself and adds only a few records to the audit log', async () => {
    const sockets = [];
    for (let round = 0; round < 20; round += 1) {
      sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => tcpTo(victim)))));
    }
    expect(victim.mesh.status().strangers).toBeLessThanOrEqual(50);
    expect(await friend.mesh.ask(victim.id, QUESTION, 5_000)).toEqual(NO_DATA);
    await until(() => counted('connection_flood') >= 950);
    expect(victim.audit.filter(({ type }) => type === 'peer.refused').length).toBeLessThan(60);
    for (const socket of sockets) socket.destroy();
    await until(() => victim.mesh.status().strangers === 0);
  });

  test('with valid certificates is refused one by one and recorded with a count', async () => {
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        await gone(await tlsTo(victim, strangerTls));
      }),
    );
    await until(() => counted('peer_untrusted') === 30);
    expect(refusals(victim).length).toBeLessThan(15);
  });
});

describe('a peer that keeps reconnecting', () => {
  const HOUR = 3_600_000;
  const visit = async (node: TestNode, identity: Identity, tls: TlsMaterial): Promise<boolean> => {
    try {
      const visitor = await intrude(node, identity, tls);
      visitor.hello();
      await until(() => node.connected.includes(identity.id));
      visitor.socket.terminate();
      return true;
    } catch {
      return false;
    }
  };
  const written = (node: TestNode): number => node.audit.length + node.ledger.length;

  test('is refused after a limit, and then adds only a count to the audit log and nothing to the ledger', async () => {
    const node = await startNode({
      trusts: [stranger.id],
      limits: { connectionBurst: 4, connectionEveryMs: HOUR, refusalsEveryMs: HOUR },
    });
    const taken: boolean[] = [];
    for (let count = 0; count < 5; count += 1) taken.push(await visit(node, stranger, strangerTls));
    expect(taken).toEqual([true, true, true, true, false]);
    await until(() => !node.mesh.isConnected(stranger.id));
    expect(refusals(node)).toEqual(['connection_flood']);
    const before = written(node);
    for (let count = 0; count < 10; count += 1) expect(await visit(node, stranger, strangerTls)).toBe(false);
    expect(written(node)).toBe(before);
  });

  test('is counted by its address, not by its keys, if its subnet is trusted', async () => {
    const rule = 'trust.subnets "127.0.0.0/8"';
    const node = await startNode({
      limits: { addressBurst: 2, addressEveryMs: HOUR },
      ports: { mayConnect: () => ({ allow: true, rule, mayPair: true }) },
    });
    const taken: boolean[] = [];
    for (let count = 0; count < 4; count += 1) {
      const key = makeIdentity();
      taken.push(await visit(node, key, await makeTls(key)));
    }
    expect(taken).toEqual([true, true, false, false]);
  });
});

describe('a node that dials refuses', () => {
  const outbound = async (address: string, id: string): Promise<TestNode> =>
    startNode({ trusts: [id], peers: [{ id, address }] });
  const codeFor = async (node: TestNode): Promise<unknown> => {
    await until(() => node.mesh.status().peers.some(({ code }) => code !== null));
    return node.mesh.status().peers[0]?.code;
  };

  test.each([
    ['an RSA certificate', 'certificate_kind', () => ({ key: rsa.key, cert: rsa.certificate })],
    [
      'TLS 1.2',
      'tls_version',
      () => ({ key: strangerTls.key, cert: strangerTls.certificate, maxVersion: 'TLSv1.2' as const }),
    ],
  ])('%s', async (_what, code, settings) => {
    const server = createServer({ ...settings(), requestCert: true, rejectUnauthorized: false });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const node = await outbound(`127.0.0.1:${(server.address() as AddressInfo).port}`, stranger.id);
    expect(await codeFor(node)).toBe(code);
    expect(node.mesh.status().peers[0]?.state).toBe('refused');
    await new Promise((resolve) => server.close(resolve));
  });

  test('an expired certificate', async () => {
    const old = makeIdentity();
    const server = await startNode({ identity: old, tls: await makeTls(old, Date.now() - 2 * YEAR) });
    expect(await codeFor(await outbound(server.address, old.id))).toBe('certificate_expired');
  });

  test('another key than the expected one, and records both fingerprints', async () => {
    const other = await startNode();
    const expected = makeIdentity();
    const node = await outbound(other.address, expected.id);
    other.trusted.add(node.id);
    expect(['key_changed', 'peer_untrusted']).toContain(await codeFor(node));
    expect(node.audit).toContainEqual({
      type: 'peer.refused',
      peer: other.id,
      details: {
        code: 'key_changed',
        address: '127.0.0.1',
        direction: 'outbound',
        count: 1,
        expected: expected.fingerprint,
        found: other.identity.fingerprint,
      },
    });
    expect(node.ledger).toEqual([]);
  });

  test('a peer that does not trust it, and shows that in its status', async () => {
    const cold = await startNode();
    const node = await outbound(cold.address, cold.id);
    expect(await codeFor(node)).toBe('peer_untrusted');
    expect(await codeOf(node.mesh.ask(cold.id, QUESTION, 1_000))).toBe('peer_unreachable');
  });

  test('names and public addresses, without a lookup and without a packet (FR-206, FR-207)', async () => {
    for (const address of [
      'ciso.example:9238',
      'localhost:9238',
      '8.8.8.8:53',
      '[2001:4860:4860::8888]:53',
      '0.0.0.0:1',
    ]) {
      expect(await codeFor(await outbound(address, stranger.id))).toBe('address_unsafe');
    }
  });

  test('to listen on a public address (FR-206)', async () => {
    for (const host of ['0.0.0.0', '::', '203.0.113.7', 'localhost']) {
      expect(await codeOf(startNode({ options: { listen: { host, port: 0 } } }))).toBe('address_unsafe');
    }
  });
});
