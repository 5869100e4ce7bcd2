/** JSON Schemas of the two files in which a node keeps statements about keys. */
import { closed, type JsonSchema, list, text } from '../domain/encoding/json-schema.ts';
import { MAX_DEMOTED, MAX_KEYS, MAX_STORED_REVOKED } from '../domain/identity/key-statement.ts';
import { NODE_ID, REVOCATION_ENVELOPE, ROTATION_ENVELOPE } from '../domain/identity/key-statement-schemas.ts';

/** The file with the statements of this node about its own keys: `OwnStatements`. */
export const OWN_STATEMENTS_SCHEMA: JsonSchema = closed({
  rotations: list(ROTATION_ENVELOPE, 0, MAX_KEYS),
  revocations: list(REVOCATION_ENVELOPE, 0, MAX_KEYS),
});

/** The file with the statements of other nodes about their keys: `KeyBook`. */
export const KEY_BOOK_SCHEMA: JsonSchema = closed(
  {
    rotations: list(
      closed({
        old: NODE_ID,
        new: NODE_ID,
        firstSeenMs: { type: 'number' },
        confirmed: { type: 'boolean' },
        shown: { type: 'boolean' },
        recorded: { type: 'boolean' },
        statement: ROTATION_ENVELOPE,
      }),
      0,
      4 * MAX_KEYS,
    ),
    revoked: list(NODE_ID, 0, MAX_STORED_REVOKED),
    demoted: list(text('^[0-9a-fA-F.:]{2,45}$'), 0, MAX_DEMOTED),
  },
  ['rotations', 'revoked'],
);
