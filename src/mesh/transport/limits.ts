import { MAX_FRAME_BYTES } from '../protocol/messages.ts';

/** Bounds of the transport; times in ms. Tests shorten the times, nothing else changes them. */
export interface MeshLimits {
  /** From accepting (or dialling) a TCP connection to the other side's valid hello. */
  readonly helloMs: number;
  /**
   * Connections at once that have not said a valid hello yet: in all, and of one address. Beyond it
   * the oldest makes way.
   */
  readonly strangers: number;
  readonly strangersPerAddress: number;
  /** Connections of one trusted node: so many at once, then one in this time. */
  readonly connectionBurst: number;
  readonly connectionEveryMs: number;
  readonly heartbeatMs: number;
  readonly frameBytes: number;
  /** Largest message of a connection that is only there to pair or to learn of a rotation. */
  readonly strangerFrameBytes: number;
  /** What may wait unread by a peer before messages to it are refused. */
  readonly backlogBytes: number;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Queries of one peer that are worked on at once; beyond it the peer is not read. */
  readonly queriesAtOnce: number;
  readonly acknowledgeMs: number;
  /** How long a connection that lost to a duplicate may finish its questions. */
  readonly retireMs: number;
  readonly redialFirstMs: number;
  readonly redialMostMs: number;
  /**
   * Two connections with one peer that open within this time were dialled at once from both sides.
   */
  readonly raceMs: number;
  readonly refusalsEveryMs: number;
  readonly inviteMs: number;
  readonly inviteTries: number;
}

export const DEFAULT_LIMITS: MeshLimits = {
  helloMs: 10_000,
  strangers: 256,
  strangersPerAddress: 128,
  connectionBurst: 30,
  connectionEveryMs: 10_000,
  heartbeatMs: 30_000,
  frameBytes: MAX_FRAME_BYTES,
  strangerFrameBytes: 32 * 1024,
  backlogBytes: 8 * MAX_FRAME_BYTES,
  messagesPerSecond: 2,
  messageBurst: 200,
  queriesAtOnce: 16,
  acknowledgeMs: 15_000,
  retireMs: 5_000,
  redialFirstMs: 1_000,
  redialMostMs: 60_000,
  raceMs: 10_000,
  refusalsEveryMs: 60_000,
  inviteMs: 10 * 60_000,
  inviteTries: 5,
};
