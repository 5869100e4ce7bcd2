/**
 * What nodes say to each other about a transparency log: a node asks others to cosign the head of
 * its log (C2SP tlog-checkpoint, tlog-cosignature and tlog-witness).
 */
import { closed, type JsonSchema, list, orNull, text } from '../encoding/json-schema.ts';
import { BASE64_32, BASE64_64 } from '../identity/key-statement-schemas.ts';

/** The releases of a task of blind totals, at its trustee: the task's id in base64url. */
export type ReleaseLogName = `releases/${string}`;
/** A node's audit log, or the release log of a task. */
export type LogName = 'audit' | ReleaseLogName;

/** @param task id of the task, base64 */
export const releaseLogName = (task: string): ReleaseLogName =>
  `releases/${Buffer.from(task, 'base64').toString('base64url')}`;

/** A signed head of a log. Origin and key names follow from the key that signed it. */
export interface LogHead {
  /** Number of leaves. */
  readonly size: number;
  /** Base64: RFC 6962 root over them. */
  readonly root: string;
  /** Base64: Ed25519 signature over the checkpoint's text. */
  readonly signature: string;
}

/** Body of a `checkpoint` message: the request `add-checkpoint` of tlog-witness. */
export type CheckpointBody = LogHead & {
  readonly log: LogName;
  /** Size of the head that the witness cosigned last, as far as the sender knows; 0: none. */
  readonly old: number;
  /** Base64: consistency proof (RFC 6962 §2.1.2) from `old` to `size`. */
  readonly proof: readonly string[];
};

/**
 * - `cosigned`: the log continues what the witness has seen.
 * - `conflict`: the witness has cosigned `size`; the proof must begin there.
 * - `inconsistent`: the log does not continue what the witness has seen.
 * - `unwilling`: the witness does not cosign this log.
 */
export const COSIGN_RESULTS = ['cosigned', 'conflict', 'inconsistent', 'unwilling'] as const;
export type CosignResult = (typeof COSIGN_RESULTS)[number];

/** A cosignature: `time` in seconds since the epoch, `signature` in base64. */
export interface Cosignature {
  readonly time: number;
  readonly signature: string;
}

/** Body of a `cosignature` message. */
export type CosignatureBody = {
  readonly log: LogName;
  readonly result: CosignResult;
  /** The largest head that the witness has cosigned; 0 if none, or if it is unwilling. */
  readonly size: number;
  readonly cosignature: Cosignature | null;
};

/** Why a log is not cosigned any more. */
export const LOG_FAULTS = ['truncated', 'forked'] as const;
export type LogFault = (typeof LOG_FAULTS)[number];

/** A log of another node, as this node has cosigned it. */
export interface WitnessedLog {
  readonly node: string;
  readonly log: LogName;
  readonly size: number;
  /** When it was cosigned last, ISO 8601 UTC. */
  readonly time: string;
  /** Null while the log has continued what was cosigned. */
  readonly fault: { readonly kind: LogFault; readonly size: number; readonly time: string } | null;
}

/** A node that this one asks for cosignatures. */
export interface Witness {
  readonly node: string;
  readonly log: LogName;
  /** Largest head that it has cosigned; null if none. */
  readonly size: number | null;
  readonly time: string | null;
  /** What the last request came to since the service started; null if there was none. */
  readonly last: CosignResult | 'truncated' | 'unreachable' | null;
}

export interface WitnessStatus {
  /** Size of this node's audit log, as it was last signed; null before that. */
  readonly size: number | null;
  /** Nodes that cosign this node's logs, once for each log. */
  readonly witnesses: readonly Witness[];
  /** Whether this node cosigns the logs of others. */
  readonly willing: boolean;
  readonly logs: readonly WitnessedLog[];
}

const MAX_PROOF = 63;
const size: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const HASH = text(`^${BASE64_32}$`);
const SIGNATURE = text(`^${BASE64_64}$`);
const log = text('^(audit|releases/[A-Za-z0-9_-]{43})$');

export const CHECKPOINT_SCHEMA: JsonSchema = closed({
  log,
  size: { ...size, minimum: 1 },
  root: HASH,
  signature: SIGNATURE,
  old: size,
  proof: list(HASH, 0, MAX_PROOF),
});

export const COSIGNATURE_SCHEMA: JsonSchema = closed({
  log,
  result: { enum: COSIGN_RESULTS },
  size,
  cosignature: orNull(closed({ time: { ...size, maximum: 253_402_300_799 }, signature: SIGNATURE })),
});
