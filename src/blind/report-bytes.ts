/* The bytes of a report, apart from signatures and checks: all that a thread needs to make them. */

import { canonical } from '../domain/encoding/canonical.ts';
import type { BlindReport } from './documents.ts';
import type { Sealing } from './sealing.ts';
import type { OpenedTask } from './task.ts';
import type { AggregatorRole, Vdaf } from './vdaf/vdaf.ts';

/** Random bytes of one report. They, the cells and the node's key determine every byte of it. */
export interface ReportRandomness {
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** 80 bytes (`Vdaf.randomBytes`). */
  readonly shares: Uint8Array;
  /** 32 bytes for each box. */
  readonly boxes: Readonly<Record<AggregatorRole, Uint8Array>>;
}

export interface PayloadInput {
  readonly task: Pick<OpenedTask, 'id' | 'task'>;
  readonly day: string;
  /** Values of the cells of the task's layout. */
  readonly cells: readonly number[];
  readonly randomness: ReportRandomness;
  /** Node id that reports. */
  readonly node: string;
}

export interface ReportParts {
  readonly vdaf: Vdaf;
  readonly sealing: Sealing;
}

/** The bytes of both envelopes that are to be signed. */
export type ReportPayloads = Readonly<Record<AggregatorRole, Uint8Array>>;

/** HPKE `info` of the box in a report. */
export const REPORT_INFO = Buffer.from('caro-blind-report-v1');

/** Ends the head of a report: canonical JSON has none. */
const LINE_FEED = 0x0a;

/** Everything that a report says but its box; the associated data of the box. */
export const headBytes = (head: BlindReport): Uint8Array => Buffer.from(canonical(head));

/** The payload of a report: its head, a line feed, the box. */
export const reportBytes = (head: Uint8Array, box: Uint8Array): Uint8Array =>
  Buffer.concat([head, Buffer.of(LINE_FEED), box]);

/** The inverse of `reportBytes`; without a line feed all of it is the head. */
export function splitReport(payload: Uint8Array): { readonly head: string; readonly box: Uint8Array } {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = bytes.indexOf(LINE_FEED);
  if (end === -1) return { head: bytes.toString('utf8'), box: Buffer.alloc(0) };
  return { head: bytes.toString('utf8', 0, end), box: bytes.subarray(end + 1) };
}

/**
 * What a report signs, made without the node's key.
 * @throws RangeError if a cell does not fit the layout
 */
export async function reportPayloads(input: PayloadInput, { vdaf, sealing }: ReportParts): Promise<ReportPayloads> {
  const { task, day, cells, randomness, node } = input;
  const { publicShare, inputShares } = await vdaf.shard(cells, randomness.nonce, randomness.shares);
  const payload = async (role: AggregatorRole): Promise<Uint8Array> => {
    const head = headBytes({
      type: 'caro.blind-report',
      version: 1,
      task: task.id,
      day,
      node,
      role,
      nonce: base64(randomness.nonce),
      publicShare: base64(publicShare),
    });
    const box = await sealing.seal({
      recipient: Buffer.from(task.task[role].sealingKey, 'base64'),
      info: REPORT_INFO,
      associatedData: head,
      plaintext: inputShares[role],
      ephemeral: randomness.boxes[role],
    });
    return reportBytes(head, box);
  };
  return { leader: await payload('leader'), trustee: await payload('trustee') };
}

/** Fresh randomness for one report. */
export const drawRandomness = (randomBytes: (count: number) => Uint8Array): ReportRandomness => ({
  nonce: randomBytes(NONCE_BYTES),
  shares: randomBytes(SHARE_BYTES),
  boxes: { leader: randomBytes(BOX_BYTES), trustee: randomBytes(BOX_BYTES) },
});

/** The randomness of a report in one piece, as it is stored. */
export const joinRandomness = ({ nonce, boxes, shares }: ReportRandomness): Uint8Array =>
  Uint8Array.from([...nonce, ...boxes.leader, ...boxes.trustee, ...shares]);

/** The inverse of `joinRandomness`. */
export function splitRandomness(bytes: Uint8Array): ReportRandomness {
  const [leaderAt, trusteeAt, sharesAt] = [NONCE_BYTES, NONCE_BYTES + BOX_BYTES, NONCE_BYTES + 2 * BOX_BYTES];
  return {
    nonce: bytes.slice(0, leaderAt),
    boxes: { leader: bytes.slice(leaderAt, trusteeAt), trustee: bytes.slice(trusteeAt, sharesAt) },
    shares: bytes.slice(sharesAt),
  };
}

/** What `Vdaf.shard` takes with two aggregators, and a box. `shard` refuses other lengths. */
const NONCE_BYTES = 16;
const SHARE_BYTES = 80;
const BOX_BYTES = 32;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
