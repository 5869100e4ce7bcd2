import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { QueryBody, ResponseBody } from '../../src/domain/answers/query.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';
import { refusal } from '../../src/domain/blind/exchange.ts';
import { canonical } from '../../src/domain/encoding/canonical.ts';
import { CaroError } from '../../src/domain/errors.ts';
import type { PeerAt } from '../../src/domain/identity/peer-at.ts';
import type { DualEnvelope, Envelope } from '../../src/domain/identity/signed-envelope.ts';
import { type NodeSummary, SUMMARY_TYPE } from '../../src/domain/summaries/summary.ts';
import { makeCertificate, type TlsMaterial, tlsMaterial } from '../../src/identity/certificate.ts';
import { seal } from '../../src/identity/envelope.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import type { LedgerEntry } from '../../src/mesh/egress/egress-checks.ts';
import { openMesh } from '../../src/mesh/mesh.ts';
import type { Mesh, MeshOptions } from '../../src/mesh/mesh-options.ts';
import type { MeshPorts, PairedPeer, ReceivedSummary } from '../../src/mesh/ports.ts';
import type { MeshLimits } from '../../src/mesh/transport/limits.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

/** A node of a test: a real mesh on a real socket, and the recorded calls of its ports. */
export interface TestNode {
  readonly mesh: Mesh;
  readonly identity: Identity;
  readonly id: string;
  readonly tls: TlsMaterial;
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly audit: AuditEntry[];
  readonly ledger: LedgerEntry[];
  readonly batches: number[];
  readonly summaries: ReceivedSummary[];
  readonly queries: { readonly asker: PeerAt; readonly body: QueryBody }[];
  readonly connected: string[];
  readonly paired: PairedPeer[];
  readonly rotations: { readonly peer: string; readonly statement: DualEnvelope }[];
  readonly revocations: { readonly peer: string; readonly statement: Envelope }[];
  /** Ids of the nodes that may connect; tests change it. */
  readonly trusted: Set<string>;
  readonly denied: Set<string>;
}

export interface NodeSettings {
  readonly trusts?: readonly string[];
  readonly peers?: readonly { readonly id: string; readonly address: string }[];
  readonly identity?: Identity;
  readonly tls?: TlsMaterial;
  readonly name?: string;
  readonly ports?: Partial<MeshPorts>;
  readonly limits?: Partial<MeshLimits>;
  /** Added to this node's clock, in ms. */
  readonly offsetMs?: number;
  readonly options?: Partial<MeshOptions>;
}

const running: Mesh[] = [];
const folder = lastingFolder();

export const makeIdentity = (): Identity => openIdentity(join(folder, `${randomBytes(8).toString('hex')}.key`));

export const makeTls = async (identity: Identity, nowMs = Date.now()): Promise<TlsMaterial> =>
  tlsMaterial(identity, await makeCertificate(identity, nowMs));

export const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));

/** Short times for tests. */
const LIMITS: Partial<MeshLimits> = { redialFirstMs: 40, redialMaxMs: 200, refusalsEveryMs: 50, helloMs: 5_000 };

export const NO_DATA: ResponseBody = { result: 'no_data', type: 'safety-posture' };
export const QUESTION: QueryBody = { type: 'safety-posture', spanHours: 24 };

export async function startNode(settings: NodeSettings = {}): Promise<TestNode> {
  const identity = settings.identity ?? makeIdentity();
  const tls = settings.tls ?? (await makeTls(identity));
  const record = {
    ...{
      audit: [],
      ledger: [],
      batches: [],
      summaries: [],
      queries: [],
      connected: [],
      paired: [],
      rotations: [],
      revocations: [],
    },
    trusted: new Set(settings.trusts),
    denied: new Set<string>(),
  };
  const node: Omit<TestNode, 'mesh' | 'address'> = { identity, id: identity.id, tls, ...record };
  const mesh = await openMesh({
    identity,
    tls,
    name: settings.name ?? 'test-node',
    version: '1.2.3',
    listen: { host: '127.0.0.1', port: 0 },
    rules: { allowPublic: false, allowDns: false },
    peers: settings.peers ?? [],
    ports: { ...portsOf(node), ...settings.ports },
    now: () => Date.now() + (settings.offsetMs ?? 0),
    randomBytes: random,
    limits: { ...LIMITS, ...settings.limits },
    ...settings.options,
  });
  running.push(mesh);
  return { ...node, mesh, address: mesh.status().listen ?? '' };
}

function portsOf(node: Omit<TestNode, 'mesh' | 'address'>): MeshPorts {
  return {
    mayConnect: ({ id }) => ({ allow: node.trusted.has(id), rule: 'trust.nodes', mayPair: !node.denied.has(id) }),
    isNamed: (id) => node.trusted.has(id),
    decide: ({ recipient }) => ({ allow: node.trusted.has(recipient), level: null, rule: 'trust.nodes' }),
    check: () => null,
    record: (entries) => {
      node.batches.push(entries.length);
      node.ledger.push(...entries);
    },
    audit: (entry) => {
      node.audit.push(entry);
    },
    rotations: () => [],
    revocations: () => [],
    hasSucceeded: (id, later) => id === later,
    isHeir: (id, later) => id === later,
    onQuery: (asker, body) => {
      node.queries.push({ asker, body });
      return Promise.resolve({ result: 'no_data', type: body.type });
    },
    rehearseAnswer: ({ type }) => Promise.resolve({ result: 'no_data', type }),
    onSummary: (received) => {
      const isKnown = node.summaries.some(({ summary }) => summary.id === received.summary.id);
      if (!isKnown) node.summaries.push(received);
      return Promise.resolve(isKnown ? 'known' : 'stored');
    },
    onOrg: () => Promise.resolve({ type: 'org-joined', body: { result: 'closed' } }),
    takesRequests: () => false,
    onBlind: () => Promise.resolve(refusal('task_unknown')),
    onAdvisory: () => Promise.resolve('denied'),
    onCheckpoint: (_peer, { log }) => Promise.resolve({ log, result: 'unwilling', size: 0, cosignature: null }),
    onKeys: ({ id }, { rotations, revocations }) => {
      node.rotations.push(...rotations.map((statement) => ({ peer: id, statement })));
      node.revocations.push(...revocations.map((statement) => ({ peer: id, statement })));
      return Promise.resolve();
    },
    onPaired: (peer) => {
      node.paired.push(peer);
      return Promise.resolve();
    },
    onConnected: ({ id }) => {
      node.connected.push(id);
    },
    onDisconnected: () => undefined,
  };
}

export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((mesh) => mesh.close()));
}

/** Codes of the refusals in the audit log of a node. */
export const refusals = (node: Pick<TestNode, 'audit'>): readonly unknown[] =>
  node.audit.filter(({ type }) => type === 'peer.refused').map(({ details }) => details?.['code']);

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    if (error instanceof CaroError) return error.code;
    throw error;
  }
}

/** Two nodes that trust each other; the first dials the second. */
export async function startPair(
  first: NodeSettings = {},
  second: NodeSettings = {},
): Promise<{ readonly a: TestNode; readonly b: TestNode }> {
  const keys = { a: first.identity ?? makeIdentity(), b: second.identity ?? makeIdentity() };
  const b = await startNode({ trusts: [keys.a.id], ...second, identity: keys.b });
  const a = await startNode({
    trusts: [keys.b.id],
    peers: [{ id: b.id, address: b.address }],
    ...first,
    identity: keys.a,
  });
  return { a, b };
}

export const bothConnected = ({ a, b }: { readonly a: TestNode; readonly b: TestNode }): Promise<boolean> =>
  until(() => a.mesh.isConnected(b.id) && b.mesh.isConnected(a.id));

/** A summary without commands, about `identity` and signed by it. */
export function makeSummary(
  identity: Identity,
  changes: Partial<NodeSummary> = {},
): { id: string; document: Envelope } {
  const zeros = (length: number): number[] => Array.from({ length }, () => 0);
  const summary: NodeSummary = {
    type: 'caro.summary',
    version: 1,
    id: randomBytes(16).toString('hex'),
    replaces: null,
    node: identity.id,
    createdAt: '2026-11-23T00:00:00.000Z',
    nonce: randomBytes(16).toString('hex'),
    catalogueVersion: 1,
    period: { kind: 'hourly', start: '2026-11-22T23:00:00.000Z', end: '2026-11-23T00:00:00.000Z' },
    patterns: [{ name: 'git push', count: 3 }],
    tools: [
      { name: 'git', count: 3, ended: 3, failures: 0, durationMsSum: 900, durationBuckets: [0, 0, 3, 0, 0, 0, 0, 0] },
    ],
    families: [],
    activity: { hours: zeros(24), weekdays: zeros(7) },
    safety: { levels: { safe: 3, moderate: 0, high: 0, critical: 0 }, families: [], techniques: [] },
    coverage: { observed: 3, redacted: 0, dropped: 0, shells: ['bash'] },
    ...changes,
  };
  return { id: summary.id, document: seal(SUMMARY_TYPE, Buffer.from(canonical(summary)), identity) };
}
