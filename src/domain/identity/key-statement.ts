/** Media types of the statements about keys (docs/design.md §6). */
export const ROTATION_TYPE = 'application/vnd.caro.rotation.v1+json';
export const REVOCATION_TYPE = 'application/vnd.caro.revocation.v1+json';
/** Maximum number of former keys that a hello gives statements for. */
export const MAX_ROTATIONS = 8;
/** Maximum number of statements about keys that a node keeps, without conflicting ones. */
export const MAX_KEYS = 1_024;
/** Maximum number of keys that a node remembers as revoked by their owners. */
export const MAX_REVOKED = 16_384;
/** As many with those of keys that are named or have rotated, which always have room. */
export const MAX_STORED_REVOKED = MAX_REVOKED + 8 * MAX_KEYS;

/** Maximum number of addresses that have lost the level of their subnet. */
export const MAX_DEMOTED = 4_096;

/** Signed by the old and the new key: the new one replaces the old one (FR-104). */
export type RotationStatement = {
  readonly type: 'caro.rotation';
  readonly version: 1;
  /** Node ids. */
  readonly old: string;
  readonly new: string;
  readonly createdAt: string;
  /** It may be accepted for the first time in [from, until), and then stays accepted. */
  readonly from: string;
  readonly until: string;
  /** Base64 of 16 random bytes. */
  readonly nonce: string;
};

/** Signed by the key that it revokes. */
export type RevocationStatement = {
  readonly type: 'caro.revocation';
  readonly version: 1;
  readonly key: string;
  readonly createdAt: string;
  readonly nonce: string;
};
