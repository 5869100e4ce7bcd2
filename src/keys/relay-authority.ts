/**
 * What an officer needs to run a relay: the keys that sign credentials, and the complete file of
 * the server. No node has an entry in that file, so that new members change nothing on the server.
 */
import { DOCS_ROLES, type DocsRole, FLEET_ROLES, type FleetRole } from '../domain/relay/subjects.ts';
import { type NatsKey, natsKey, natsName, signJwt } from './relay-jwt.ts';

const SEEDS = [
  ...(['operator', 'system', 'fleet', 'docs'] as const),
  ...(['fleetNode', 'fleetAggregator', 'docsAggregator', 'docsOfficer'] as const),
] as const;
type SeedName = (typeof SEEDS)[number];

/** The content of the authority's file; all secret but `revoked`. */
export interface AuthorityFile {
  readonly version: 1;
  /** When it was made (s). A server does not reload a file whose operator has another date. */
  readonly made: number;
  /** 32 bytes each, base64. */
  readonly seeds: Readonly<Record<SeedName, string>>;
  /** The key of questions to all members, base64. */
  readonly questionKey: string;
  /** Connection keys (as NATS spells them), and until when issued credentials are refused (s). */
  readonly revoked: Readonly<Record<string, number>>;
}

/** Room for five aggregators, each of which reserves 3 GB in two streams. */
const DISK_GB = 16;
const GB = 1_000_000_000;
const NODE_PAYLOAD = 98_304;
const MAX_PAYLOAD = 1_114_112;
/** More than the aggregators that a roster may name. */
const MAX_STREAMS = 80;

export const newAuthority = (randomBytes: (count: number) => Uint8Array, nowMs: number): AuthorityFile => ({
  version: 1,
  made: seconds(nowMs),
  seeds: Object.fromEntries(SEEDS.map((name) => [name, base64(randomBytes(32))])) as AuthorityFile['seeds'],
  questionKey: base64(randomBytes(32)),
  revoked: {},
});

export type Account =
  | { readonly account: 'fleet'; readonly role: FleetRole }
  | { readonly account: 'docs'; readonly role: DocsRole };

export type CredentialTerms = Account & {
  /** Ed25519 public key of the node's connection key, 32 bytes. */
  readonly connectionKey: Uint8Array;
  readonly mailbox: string;
  readonly expiresMs: number;
  readonly nowMs: number;
};

/** A credential: worth nothing without the connection key. */
export function issueCredential(file: AuthorityFile, terms: CredentialTerms): string {
  const { account, role, connectionKey, mailbox, expiresMs, nowMs } = terms;
  const signer = roleKey(file, account, role);
  const claims = {
    sub: natsName('user', connectionKey),
    name: mailbox,
    nats: { type: 'user', issuer_account: keyOf(file, account).name },
    exp: seconds(expiresMs),
  };
  return signJwt(signer, claims, seconds(nowMs));
}

/** The server refuses what was issued for this key until now, once it has the new file. */
export const revokeCredentials = (file: AuthorityFile, connectionKey: Uint8Array, nowMs: number): AuthorityFile => ({
  ...file,
  revoked: { ...file.revoked, [natsName('user', connectionKey)]: seconds(nowMs) },
});

export interface ServerPlaces {
  /** `IP:port` */
  readonly listen: string;
  readonly certificate: string;
  readonly key: string;
  readonly store: string;
  /** Room for streams in GB; 16 by default. */
  readonly diskGb?: number;
}

/** The complete file of a nats-server from 2.9 on. It holds no secret. */
export function serverFile(
  file: AuthorityFile,
  { listen, certificate, key, store, diskGb = DISK_GB }: ServerPlaces,
  nowMs: number,
): string {
  const nowS = seconds(nowMs);
  const operator = keyOf(file, 'operator');
  const system = keyOf(file, 'system');
  const tokens = (['fleet', 'docs'] as const).map((account) => [
    keyOf(file, account).name,
    accountToken(file, account, nowS),
  ]);
  const systemToken = signJwt(
    operator,
    { sub: system.name, name: 'SYS', nats: { type: 'account', limits: { ...NO_LIMITS, leaf: -1 } } },
    nowS,
  );
  const operatorToken = signJwt(
    operator,
    { sub: operator.name, name: 'caro', nats: { type: 'operator', system_account: system.name } },
    file.made,
  );
  return `# nats-server from 2.9 on, made by Caro mesh
# It holds no secret. After a change: nats-server --signal reload
listen: ${quoted(listen)}
max_payload: ${MAX_PAYLOAD}
max_connections: 65536
# A reader that does not keep up is cut off; it dials again.
write_deadline: "10s"
# TLS 1.3 only: older versions share none of these suites. Nodes that come back all at once share
# the processor for their handshakes.
tls {
  cert_file: ${quoted(certificate)}
  key_file: ${quoted(key)}
  cipher_suites: ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]
  timeout: 30
}
authorization { timeout: 30 }
# A buffer: nodes keep everything until it has a receipt.
jetstream {
  store_dir: ${quoted(store)}
  max_file_store: ${diskGb * GB}
  max_memory_store: 0
}
operator: ${quoted(operatorToken)}
system_account: ${quoted(system.name)}
resolver: MEMORY
resolver_preload: {
${[...tokens, [system.name, systemToken]].map(([name, token]) => `  ${name ?? ''}: ${quoted(token ?? '')}`).join('\n')}
}
`;
}

const NO_LIMITS = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: 0 };
const DOCUMENTS = '$JS.API.DIRECT.GET.>';
const HEARD = ['caro.say.all', 'caro.org.reply.>'] as const;

interface Role {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

function accountToken(file: AuthorityFile, account: 'fleet' | 'docs', nowS: number): string {
  // No limit of an account: nats-server 2.9 reserves it once for each of the first connections.
  const disk = { mem_storage: 0, disk_storage: -1, streams: MAX_STREAMS, consumer: MAX_STREAMS };
  const docs = keyOf(file, 'docs').name;
  // Nodes read documents through a service and hear them: they can write none.
  const links =
    account === 'fleet'
      ? {
          imports: [
            { name: 'documents', subject: DOCUMENTS, account: docs, local_subject: 'caro.doc.>', type: 'service' },
            ...HEARD.map((subject, at) => ({ name: `heard-${at}`, subject, account: docs, type: 'stream' })),
          ],
        }
      : {
          exports: [
            { name: 'documents', subject: DOCUMENTS, type: 'service', response_type: 'Singleton' },
            ...HEARD.map((subject, at) => ({ name: `heard-${at}`, subject, type: 'stream' })),
          ],
        };
  const roles = account === 'fleet' ? FLEET_ROLES : DOCS_ROLES;
  const scopes = Object.entries<Role>(roles).map(([role, { publish, subscribe }]) => ({
    kind: 'user_scope',
    key: roleKey(file, account, role as never).name,
    role,
    template: {
      pub: { allow: publish },
      sub: { allow: subscribe },
      subs: role === 'node' ? 8 : 32,
      data: -1,
      payload: role === 'node' ? NODE_PAYLOAD : MAX_PAYLOAD,
      allowed_connection_types: ['STANDARD'],
    },
  }));
  const nats = {
    type: 'account',
    limits: { ...NO_LIMITS, ...disk },
    ...links,
    signing_keys: scopes,
    revocations: file.revoked,
  };
  return signJwt(keyOf(file, 'operator'), { sub: keyOf(file, account).name, name: account, nats }, nowS);
}

function roleKey(file: AuthorityFile, account: 'fleet' | 'docs', role: FleetRole | DocsRole): NatsKey {
  const name = `${account}${role.charAt(0).toUpperCase()}${role.slice(1)}` as SeedName;
  return natsKey('account', Buffer.from(file.seeds[name], 'base64'));
}

const keyOf = (file: AuthorityFile, name: 'operator' | 'system' | 'fleet' | 'docs'): NatsKey =>
  natsKey(name === 'operator' ? 'operator' : 'account', Buffer.from(file.seeds[name], 'base64'));

const seconds = (ms: number): number => Math.floor(ms / 1_000);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const quoted = (text: string): string => JSON.stringify(text);
