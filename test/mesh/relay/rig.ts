/** A real nats-server with the file of `serverFile`, and nodes that use it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { RECEIPT_TYPE, REPORT_TYPE } from '../../../src/blind/documents.ts';
import { deriveSealingKey } from '../../../src/blind/sealing.ts';
import { encodeNodeId } from '../../../src/domain/identity/node-id.ts';
import type { DocsRole, FleetRole } from '../../../src/domain/relay/subjects.ts';
import { makeCertificate, tlsMaterial } from '../../../src/identity/certificate.ts';
import { fingerprint } from '../../../src/identity/fingerprint.ts';
import {
  type AuthorityFile,
  issueCredential,
  newAuthority,
  revokeCredentials,
  serverFile,
} from '../../../src/keys/relay-authority.ts';
import { mailboxOf } from '../../../src/mesh/relay/mailbox.ts';
import { keyHash } from '../../../src/mesh/relay/pinned-certificate.ts';
import type { RelayPorts } from '../../../src/mesh/relay/ports.ts';
import { openRelay, type Relay, type RelayOptions } from '../../../src/mesh/relay/relay.ts';
import type { LedgerEntry } from '../../../src/mesh/transport/egress-checks.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
const HOUR_MS = 3_600_000;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of cleanups.splice(0).reverse()) await end();
});
/** Runs after the test, before what was started earlier is ended. */
export const later = (end: () => Promise<void>): number => cleanups.push(end);

export interface Broker {
  readonly authority: () => AuthorityFile;
  readonly port: number;
  readonly folder: string;
  /** Base64 SHA-256 of the SubjectPublicKeyInfo. */
  readonly key: string;
  readonly pid: () => number;
  readonly start: () => Promise<void>;
  /** As a crash: nothing is flushed. */
  readonly kill: () => Promise<void>;
  readonly wipe: () => void;
  readonly revoke: (node: NodeKeys) => Promise<void>;
  /** Everything in the store of the broker. */
  readonly stored: () => Buffer;
  readonly log: () => string;
}

/** @param serverKey seed of the server's TLS key */
export async function startBroker(serverKey: Uint8Array = random(32), port?: number): Promise<Broker> {
  const folder = lastingFolder();
  const place = (name: string): string => join(folder, name);
  const certificate = await makeCertificate({ seed: () => serverKey }, Date.now());
  writeFileSync(place('relay.key'), tlsMaterial({ seed: () => serverKey }, certificate).key, { mode: 0o600 });
  writeFileSync(place('relay.pem'), certificate);
  const listen = port ?? (await freePort());
  let authority = newAuthority(random, Date.now());
  let child: ChildProcess | undefined;
  const write = (): void => {
    const places = { listen: `127.0.0.1:${listen}`, certificate: place('relay.pem'), key: place('relay.key') };
    writeFileSync(place('relay.conf'), serverFile(authority, { ...places, store: place('store') }, Date.now()));
  };
  const log = (): string => (existsSync(place('log')) ? readFileSync(place('log'), 'utf8') : '');
  const start = async (): Promise<void> => {
    write();
    rmSync(place('log'), { force: true });
    child = spawn('nats-server', ['-c', place('relay.conf'), '-l', place('log')], { stdio: 'ignore' });
    const present = child;
    await until(() => log().includes('Server is ready') || present.exitCode !== null);
    if (present.exitCode !== null) throw new Error(log());
  };
  const kill = async (): Promise<void> => {
    const present = child;
    if (!present || present.exitCode !== null || present.signalCode !== null) return;
    const gone = new Promise((resolve) => present.once('exit', resolve));
    present.kill('SIGKILL');
    await gone;
  };
  cleanups.push(kill);
  await start();
  return {
    authority: () => authority,
    port: listen,
    folder,
    key: keyHash(new X509Certificate(certificate).publicKey),
    pid: () => child?.pid ?? 0,
    start,
    kill,
    wipe: () => rmSync(place('store'), { recursive: true, force: true }),
    revoke: async ({ connectionKey }) => {
      authority = revokeCredentials(authority, connectionKey, Date.now() + 1_000);
      // A file of another second than the one that the server has read.
      const startedS = Math.floor(Date.now() / 1_000);
      await until(() => Math.floor(Date.now() / 1_000) > startedS);
      write();
      child?.kill('SIGHUP');
      await until(() => /Reloaded server configuration|Failed to reload/.test(log()));
      if (log().includes('Failed to reload')) throw new Error(log());
    },
    stored: () =>
      Buffer.concat(
        readdirSync(place('store'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => readFileSync(join(entry.parentPath, entry.name))),
      ),
    log,
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

export type NodeKeys = ReturnType<typeof newNode>;

/** A node's keys, without a service. */
export function newNode() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
  const connection = generateKeyPairSync('ed25519');
  return {
    identity: {
      id: encodeNodeId(raw),
      fingerprint: fingerprint(raw),
      sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey)),
    },
    box: deriveSealingKey(random(32)),
    signNonce: (nonce: Uint8Array) => new Uint8Array(sign(null, nonce, connection.privateKey)),
    connectionKey: new Uint8Array(connection.publicKey.export({ format: 'der', type: 'spki' }).subarray(12)),
    /** PKCS #8 */
    connectionPrivateKey: new Uint8Array(connection.privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}

/** A credential of the fleet, or of the documents. */
export const credential = (
  broker: Broker,
  { identity, connectionKey }: NodeKeys,
  account: 'fleet' | 'docs',
  role: FleetRole | DocsRole,
  forMs = HOUR_MS,
): string =>
  issueCredential(broker.authority(), {
    ...({ account, role } as { readonly account: 'fleet'; readonly role: FleetRole }),
    ...{ connectionKey, mailbox: mailboxOf(identity.id), nowMs: Date.now(), expiresMs: Date.now() + forMs },
  });

export interface OpenNode extends NodeKeys {
  readonly relay: Relay;
  readonly ledger: LedgerEntry[];
  readonly refused: string[];
  readonly opened: () => number;
}

export interface NodeOptions {
  readonly keys?: NodeKeys;
  readonly role?: 'node' | 'aggregator';
  /** Nodes to which this one sends requests. */
  readonly knows?: readonly NodeKeys[];
  readonly mode?: 'poll' | 'stay';
  readonly ports?: Partial<RelayPorts>;
  readonly now?: () => number;
  readonly key?: string;
  readonly forMs?: number;
  readonly pollMs?: number;
}

/** A node that uses the relay. It is closed after the test. */
export function openNode(broker: Broker, options: NodeOptions = {}): OpenNode {
  const { keys = newNode(), role = 'node', knows = [], mode = 'stay', now = Date.now, key = broker.key } = options;
  const ledger: LedgerEntry[] = [];
  const refused: string[] = [];
  let opened = 0;
  const ports: RelayPorts = {
    decide: () => ({ allow: true, level: null, rule: 'test' }),
    check: () => null,
    record: (entries) => void ledger.push(...entries),
    audit: () => undefined,
    mayConnect: () => true,
    onBlind: () => Promise.reject(new Error('not an aggregator')),
    onQuery: (_asker, { type }) => Promise.resolve({ result: 'access_denied', type }),
    onRefuse: (code) => void refused.push(code),
    ...options.ports,
    onOpen: () => {
      opened += 1;
      options.ports?.onOpen?.();
    },
  };
  const { forMs } = options;
  const settings: RelayOptions['settings'] = {
    relays: [{ host: '127.0.0.1', port: broker.port, key }],
    fleet: credential(broker, keys, 'fleet', role, forMs),
    ...(role === 'aggregator' ? { docs: credential(broker, keys, 'docs', role, forMs) } : {}),
    signNonce: keys.signNonce,
    boxes: [keys.box],
    questionKey: Buffer.from(broker.authority().questionKey, 'base64'),
    boxOf: (id) => knows.find(({ identity }) => identity.id === id)?.box.publicKey,
  };
  const relay = openRelay({
    ...{ identity: keys.identity, version: '0.1.0', settings, mode, ports, now, randomBytes: random },
    pollMs: options.pollMs ?? 400,
    times: { redialFirstMs: 50, redialMaxMs: 400, refusedMs: 200, idleMs: 200 },
  });
  cleanups.push(() => relay.close());
  return { ...keys, relay, ledger, refused, opened: () => opened };
}

export const whenOpen = (...nodes: readonly OpenNode[]): Promise<unknown> =>
  until(
    () => nodes.map(({ relay }) => relay.state()),
    (states) => states.every(({ state }) => state === 'connected'),
    20_000,
  );

/** A report in its envelope: to the relay's side of a node it is opaque. */
export const reportBody = (bytes = 26_000) => ({
  report: envelope(REPORT_TYPE, bytes),
});
export const receiptReply = () => ({
  type: 'blind-receipt' as const,
  body: { receipt: envelope(RECEIPT_TYPE, 300) },
});

const envelope = (payloadType: string, bytes: number) => ({
  payloadType,
  payload: Buffer.from(random(bytes)).toString('base64'),
  signatures: [{ keyid: '0'.repeat(16), sig: Buffer.alloc(64).toString('base64') }],
});
