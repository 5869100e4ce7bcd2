import type { SealingKey } from '../../blind/sealing.ts';
import type { RelayAddress } from './pinned-certificate.ts';

/** What a node needs to use a relay. Keys come from the roster and from the node's pass. */
export interface RelaySettings {
  /** Tried in turn. */
  readonly relays: readonly RelayAddress[];
  /** Credential of the account of the fleet. */
  readonly fleet: string;
  /** Of the account of documents: of aggregators and analysts only. */
  readonly docs?: string;
  /** Signs with the connection key, which is not the identity key. */
  readonly signNonce: (nonce: Uint8Array) => Uint8Array;
  /** What this node opens boxes with; answers are sealed to the first. */
  readonly boxes: readonly [SealingKey, ...SealingKey[]];
  /** Key of questions to all members, 32 bytes. */
  readonly questionKey: Uint8Array;
  /** X25519 public key of a node that this one sends requests to. */
  readonly boxOf: (nodeId: string) => Uint8Array | undefined;
}
