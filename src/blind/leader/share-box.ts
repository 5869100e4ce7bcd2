/** The box in which the trustee gives the leader its share of one block. */
import { canonical } from '../../domain/encoding/canonical.ts';
import { encodeNodeId } from '../../domain/identity/node-id.ts';

export const SHARE_INFO = Buffer.from('caro-blind-release-v1');
const KEY_BYTES = 32;

/** Associated data of the box: it opens for this block only. */
export const shareContext = (task: string, day: string, block: string): Uint8Array =>
  Buffer.from(canonical({ task, day, block }));

/** Node ids of public keys that stand one after the other, 32 bytes each. */
export const nodesIn = (keys: Uint8Array): readonly string[] =>
  Array.from({ length: Math.floor(keys.length / KEY_BYTES) }, (_, index) =>
    encodeNodeId(keys.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES)),
  );
