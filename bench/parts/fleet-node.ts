/** A node of bench/fleet.ts, with the relay's real client. */
import { randomBytes } from 'node:crypto';
import type { AuthorityFile } from '../../src/keys/relay-authority.ts';
import { openAnswers } from '../../src/mesh/relay/open-answers.ts';
import type { RelayAddress } from '../../src/mesh/relay/pinned-certificate.ts';
import type { RelayPorts } from '../../src/mesh/relay/ports.ts';
import { openRelay, type Relay } from '../../src/mesh/relay/relay.ts';
import { credential, type NodeKeys } from '../../test/rig/programs/relay-broker.ts';

/** `fleet.json` */
export interface FleetFile {
  readonly address: RelayAddress;
  readonly authority: AuthorityFile;
}

export interface NodeOptions {
  readonly role: 'node' | 'aggregator';
  readonly onOpen: () => void;
  readonly openMany?: RelayPorts['openMany'];
  readonly random?: (count: number) => Uint8Array;
}

const fresh = (count: number): Uint8Array => new Uint8Array(randomBytes(count));

const openHere =
  ({ box }: NodeKeys): RelayPorts['openMany'] =>
  (arrived) =>
    Promise.resolve(openAnswers([box], arrived));

/** A node that allows everything and answers every question without figures. */
export function openFleetNode(
  { address, authority }: FleetFile,
  keys: NodeKeys,
  { role, onOpen, openMany = openHere(keys), random = fresh }: NodeOptions,
): Relay {
  const broker = { authority: () => authority };
  return openRelay({
    identity: keys.identity,
    version: '0.1.0',
    mode: 'stay',
    pollMs: 1_000,
    now: Date.now,
    randomBytes: random,
    settings: {
      relays: [address],
      fleet: credential(broker, keys, 'fleet', role),
      ...(role === 'aggregator' ? { docs: credential(broker, keys, 'docs', role) } : {}),
      signNonce: keys.signNonce,
      boxes: [keys.box],
      boxOf: () => undefined,
      questionKey: Buffer.from(authority.questionKey, 'base64'),
    },
    ports: {
      decide: () => ({ allow: true, level: null, rule: 'bench' }),
      check: () => null,
      record: () => undefined,
      audit: () => undefined,
      mayConnect: () => true,
      onOpen,
      onBlind: () => Promise.reject(new Error('expected no request')),
      onOrg: () => Promise.reject(new Error('not a supervisor')),
      openMany,
      onQuery: (_asker, { type }) => Promise.resolve({ result: 'access_denied', type }),
      onRefuse: (code) => process.stderr.write(`refused: ${code}\n`),
    },
  });
}
