import { NODE_ID_PATTERN } from '../domain/identity/node-id.ts';
import { TIME_PATTERN } from '../domain/time/iso-time.ts';

/**
 * A JSON Schema (draft-07) for a body that comes from outside; closed, so that no member is
 * ignored.
 */
export type BodySchema = Readonly<Record<string, unknown>>;

export const object = (
  properties: Readonly<Record<string, BodySchema>>,
  required: readonly string[] = [],
): BodySchema => ({ type: 'object', additionalProperties: false, required, properties });

export const time: BodySchema = { type: 'string', pattern: TIME_PATTERN };
/** `YYYY-MM-DD` */
export const day: BodySchema = { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' };
export const whole = (minimum: number, maximum = Number.MAX_SAFE_INTEGER): BodySchema => ({
  type: 'integer',
  minimum,
  maximum,
});
export const word = (values: readonly (string | number)[]): BodySchema => ({ enum: values });
export const hex = (digits: number): BodySchema => ({ type: 'string', pattern: `^[0-9a-f]{${digits}}$` });
export const short: BodySchema = { type: 'string', minLength: 1, maxLength: 1_000 };
export const nodeId: BodySchema = { type: 'string', pattern: NODE_ID_PATTERN };
/** IPv4 or IPv6, with or without a zone; the policy engine parses it. */
export const address: BodySchema = { type: 'string', pattern: '^[0-9A-Fa-f:.]{2,45}(%[\\w.-]{1,15})?$' };
