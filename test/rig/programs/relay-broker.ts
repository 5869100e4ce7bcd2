/** A real nats-server with the file of `serverFile`, and the keys of nodes that use it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { deriveSealingKey } from '../../../src/blind/sealing.ts';
import { encodeNodeId } from '../../../src/domain/identity/node-id.ts';
import type { DocsRole, FleetRole } from '../../../src/domain/relay/subjects.ts';
import { makeCertificate, tlsMaterial } from '../../../src/identity/certificate.ts';
import { fingerprint } from '../../../src/identity/fingerprint.ts';
import { mailboxOf } from '../../../src/identity/mailbox.ts';
import {
  type AuthorityFile,
  issueCredential,
  newAuthority,
  revokeCredentials,
  serverFile,
} from '../../../src/keys/relay-authority.ts';
import { keyHash } from '../../../src/mesh/relay/pinned-certificate.ts';
import { until } from '../until.ts';

const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
const HOUR_MS = 3_600_000;

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
  /** Removes the messages, and keeps what consumers have read. */
  readonly wipeMessages: () => void;
  readonly revoke: (node: NodeKeys) => Promise<void>;
  /** Everything in the store of the broker. */
  readonly stored: () => Buffer;
  readonly log: () => string;
}

export interface BrokerOptions {
  /** Seed of the server's TLS key. */
  readonly serverKey?: Uint8Array;
  readonly port?: number;
  /** Changes the file of the server. */
  readonly change?: (file: string) => string;
}

/** Starts a server in an empty folder. Whoever starts it kills it. */
export async function startBrokerIn(folder: string, options: BrokerOptions = {}): Promise<Broker> {
  const { serverKey = random(32), port, change = (file: string) => file } = options;
  const place = (name: string): string => join(folder, name);
  const certificate = await makeCertificate({ seed: () => serverKey }, Date.now());
  writeFileSync(place('relay.key'), tlsMaterial({ seed: () => serverKey }, certificate).key, { mode: 0o600 });
  writeFileSync(place('relay.pem'), certificate);
  const listen = port ?? (await freePort());
  let authority = newAuthority(random, Date.now());
  let child: ChildProcess | undefined;
  const write = (): void => {
    const places = { listen: `127.0.0.1:${listen}`, certificate: place('relay.pem'), key: place('relay.key') };
    writeFileSync(place('relay.conf'), change(serverFile(authority, { ...places, store: place('store') }, Date.now())));
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
    wipeMessages: () => {
      for (const { name, parentPath } of readdirSync(place('store'), { recursive: true, withFileTypes: true }))
        if (name === 'msgs') rmSync(join(parentPath, name), { recursive: true });
    },
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

function freePort(): Promise<number> {
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
  broker: Pick<Broker, 'authority'>,
  { identity, connectionKey }: Pick<NodeKeys, 'connectionKey'> & { readonly identity: { readonly id: string } },
  account: 'fleet' | 'docs',
  role: FleetRole | DocsRole,
  forMs = HOUR_MS,
): string =>
  issueCredential(broker.authority(), {
    ...({ account, role } as { readonly account: 'fleet'; readonly role: FleetRole }),
    connectionKey,
    mailbox: mailboxOf(identity.id),
    nowMs: Date.now(),
    expiresMs: Date.now() + forMs,
  });
