/** A real nats-server that ends with the test, and nodes that use it. */
import { randomBytes } from 'node:crypto';
import { afterEach } from '@jest/globals';
import { RECEIPT_TYPE, REPORT_TYPE } from '../../../src/blind/documents.ts';
import type { LedgerEntry } from '../../../src/mesh/egress/egress-checks.ts';
import { openAnswers } from '../../../src/mesh/relay/open-answers.ts';
import type { RelayPorts } from '../../../src/mesh/relay/ports.ts';
import { openRelay, type Relay, type RelayOptions } from '../../../src/mesh/relay/relay.ts';
import {
  type Broker,
  type BrokerOptions,
  credential,
  type NodeKeys,
  newNode,
  startBrokerIn,
} from '../../rig/programs/relay-broker.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of cleanups.splice(0).reverse()) await end();
});
/** Runs after the test, before what was started earlier is ended. */
export const later = (end: () => Promise<void>): number => cleanups.push(end);

/** A server that is killed after the test. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const broker = await startBrokerIn(lastingFolder(), options);
  cleanups.push(broker.kill);
  return broker;
}

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
    onOrg: () => Promise.reject(new Error('not a supervisor')),
    openMany: (arrived) => Promise.resolve(openAnswers([keys.box], arrived)),
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
    identity: keys.identity,
    version: '0.1.0',
    settings,
    mode,
    ports,
    now,
    randomBytes: random,
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
