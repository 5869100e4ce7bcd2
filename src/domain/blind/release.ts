/** The release log of a trustee: one signed entry for each closed day. */
import { closed, type JsonSchema, list, orNull, text } from '../encoding/json-schema.ts';
import { BASE64_32, envelopeSchema, TIME } from '../identity/key-statement-schemas.ts';

/** DSSE payload type of an entry of the release log. */
export const RELEASE_TYPE = 'application/vnd.caro.release.v1+json';
/** `previous` of the first entry: 32 zeros. */
export const NO_RELEASE = `${'A'.repeat(43)}=`;
/** More blocks than this are merged with their neighbours. */
export const MAX_BLOCKS = 256;

/** Why a day has no total. It stays so: a day is closed once. */
export const WITHHELD_CODES = ['release_incomplete', 'release_below_floor'] as const;
export type WithheldCode = (typeof WITHHELD_CODES)[number];

/** Why the leader has no total of a day: as the trustee says, or it has waited for it in vain. */
export type NoTotalCode = WithheldCode | 'total_missing';

/** One part of a day's contributors. The blocks of an entry do not overlap. */
export interface ReleaseBlock {
  /** Name of the unit, `organisation` for everybody, or `rest` for units that were merged. */
  readonly name: string;
  readonly contributors: number;
  /** Base64: RFC 6962 root over the node ids of the contributors, sorted. */
  readonly root: string;
  /** Base64: SHA-256 of the trustee's share of the total. */
  readonly share: string;
}

/** Payload of an entry, signed by the trustee. Hashes are SHA-256 in base64. */
export interface ReleaseEntry {
  readonly type: 'caro.release';
  readonly version: 1;
  /** Hash of the task. */
  readonly task: string;
  /** 0, 1, 2 … without gaps. */
  readonly seq: number;
  /** Hash of the payload of the entry before; `NO_RELEASE` in the first one. */
  readonly previous: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** When the trustee closed the day. */
  readonly time: string;
  /** Reports that the trustee received. */
  readonly received: number;
  /** Those of them whose proof did not verify. */
  readonly invalid: number;
  /** Empty if the day has no total. */
  readonly blocks: readonly ReleaseBlock[];
  readonly withheld: WithheldCode | null;
}

const HASH = text(`^${BASE64_32}$`);
export const DAY = text('^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$');
const count = (minimum: number): JsonSchema => ({ type: 'integer', minimum, maximum: 1_000_000 });
export const BLOCK_NAME = text('^[a-z0-9][a-z0-9/._-]{0,63}$');

export const RELEASE_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.release' },
  version: { const: 1 },
  task: HASH,
  seq: count(0),
  previous: HASH,
  day: DAY,
  time: TIME,
  received: count(0),
  invalid: count(0),
  blocks: list(closed({ name: BLOCK_NAME, contributors: count(1), root: HASH, share: HASH }), 0, MAX_BLOCKS),
  withheld: orNull({ enum: WITHHELD_CODES }),
});

/** An entry on the wire. */
export const RELEASE_ENVELOPE = envelopeSchema(RELEASE_TYPE, 1, 131_072);

/** The total of one block, as the leader knows it. */
export interface BlockTotal {
  readonly name: string;
  readonly contributors: number;
  /** One number for each cell of the layout; with noise it may be negative. */
  readonly cells: readonly number[];
}
