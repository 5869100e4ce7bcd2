/** Media types of the documents about keys (docs/design.md §6). */
export const ROTATION_TYPE = 'application/vnd.caro.rotation.v1+json';
export const REVOCATION_TYPE = 'application/vnd.caro.revocation.v1+json';
/** At most so many keys back does a hello explain who the sender was. */
export const MAX_ROTATIONS = 8;
/**
 * So many statements about keys a node keeps, rivals not counted, of which each key has a few at
 * most.
 */
export const MAX_KEYS = 1_024;
/** So many keys that a node remembers as revoked by their owners. */
export const MAX_REVOKED = 16_384;

/**
 * Signed by the old and the new key: the node that had the one now has the other (FR-104,
 * docs/design.md §6).
 */
export type RotationStatement = {
  readonly type: 'caro.rotation';
  readonly version: 1;
  /** Node ids. */
  readonly old: string;
  readonly new: string;
  readonly createdAt: string;
  /** It may be accepted for the first time in [from, until); once accepted it stays so. */
  readonly from: string;
  readonly until: string;
  /** Base64 of 16 random bytes. */
  readonly nonce: string;
};

/** Signed by the key that it is about: do not trust it any more. */
export type RevocationStatement = {
  readonly type: 'caro.revocation';
  readonly version: 1;
  readonly key: string;
  readonly createdAt: string;
  readonly nonce: string;
};
