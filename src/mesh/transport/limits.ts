import { MAX_FRAME_BYTES } from '../protocol/messages.ts';

/** Limits of the transport; times in ms. Only tests use other values than the defaults. */
export interface MeshLimits {
  /** Time from accepting or dialling a TCP connection to a valid hello. */
  readonly helloMs: number;
  /**
   * Maximum number of connections without a valid hello, in total and for each address. The oldest
   * is closed to make room for a new one.
   */
  readonly strangers: number;
  readonly strangersPerAddress: number;
  /** New connections of one trusted node: token bucket of this size, and time for one token. */
  readonly connectionBurst: number;
  readonly connectionEveryMs: number;
  /**
   * The same for all nodes of one address, or of one network, that the owner has not named. A
   * thousand nodes behind one router come back at once when this one restarts.
   */
  readonly addressBurst: number;
  readonly addressEveryMs: number;
  readonly networkBurst: number;
  readonly networkEveryMs: number;
  readonly heartbeatMs: number;
  readonly frameBytes: number;
  /** Maximum message size on connections for pairing or introduction. */
  readonly strangerFrameBytes: number;
  /** Maximum number of bytes that wait to be sent to a peer; then messages to it are refused. */
  readonly backlogBytes: number;
  /** Frames of every type; then the peer is read more slowly. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** The same for the bytes in them. */
  readonly bytesPerSecond: number;
  readonly byteBurst: number;
  /** Maximum number of frames that one message may be split into. */
  readonly fragments: number;
  /** Maximum number of requests of one peer in progress; then the peer is not read. */
  readonly queriesAtOnce: number;
  readonly acknowledgeMs: number;
  /** How long a connection that is replaced by a duplicate may finish its requests. */
  readonly retireMs: number;
  readonly redialFirstMs: number;
  readonly redialMaxMs: number;
  /** Longest wait for a peer that does not answer, and how long after its loss that applies. */
  readonly redialAwayMs: number;
  readonly redialAwayForMs: number;
  /** Connections with one peer that open within this time count as dialled simultaneously. */
  readonly raceMs: number;
  /** How often the addresses of this machine are compared, and a missing or taken one is tried. */
  readonly addressPollMs: number;
  readonly refusalsEveryMs: number;
  readonly inviteMs: number;
  /** Wrong proofs that one key may send for an invite. */
  readonly inviteTries: number;
}

export const DEFAULT_LIMITS: MeshLimits = {
  helloMs: 10_000,
  strangers: 256,
  strangersPerAddress: 128,
  connectionBurst: 30,
  connectionEveryMs: 10_000,
  addressBurst: 1_000,
  addressEveryMs: 4_000,
  networkBurst: 2_000,
  networkEveryMs: 2_000,
  heartbeatMs: 30_000,
  frameBytes: MAX_FRAME_BYTES,
  strangerFrameBytes: 32 * 1024,
  backlogBytes: 8 * MAX_FRAME_BYTES,
  messagesPerSecond: 2,
  messageBurst: 200,
  bytesPerSecond: 128 * 1024,
  byteBurst: 16 * MAX_FRAME_BYTES,
  fragments: 64,
  queriesAtOnce: 16,
  acknowledgeMs: 15_000,
  retireMs: 5_000,
  redialFirstMs: 1_000,
  redialMaxMs: 60_000,
  redialAwayMs: 5_000,
  redialAwayForMs: 15 * 60_000,
  raceMs: 10_000,
  addressPollMs: 2_000,
  refusalsEveryMs: 60_000,
  inviteMs: 10 * 60_000,
  inviteTries: 5,
};
