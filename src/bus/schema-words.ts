import { SHELLS } from '../domain/events/shell-kind.ts';
import { GUARD_LEVELS, SHORT_INPUT, SHORT_LINE } from '../domain/guard/guard.ts';
import { NODE_ID_PATTERN } from '../domain/identity/node-id.ts';
import { SHARING_LEVELS, TRUST_LEVELS } from '../domain/policy/trust.ts';
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
export const within = ({ least, most }: { readonly least: number; readonly most: number }): BodySchema =>
  whole(least, most);
export const word = (values: readonly (string | number)[]): BodySchema => ({ enum: values });
export const hex = (digits: number): BodySchema => ({ type: 'string', pattern: `^[0-9a-f]{${digits}}$` });
export const short: BodySchema = { type: 'string', minLength: 1, maxLength: 1_000 };
const folderPath: BodySchema = { type: 'string', pattern: '^/', maxLength: 4_096 };
export const nodeId: BodySchema = { type: 'string', pattern: NODE_ID_PATTERN };
/** IPv4 or IPv6, with or without a zone; the policy engine parses it. */
export const address: BodySchema = { type: 'string', pattern: '^[0-9A-Fa-f:.]{2,45}(%[\\w.-]{1,15})?$' };
/** The text of a task's file. */
export const taskText: BodySchema = { type: 'string', maxLength: 65_536 };
/** A document of a roster, as text; a list of many thousand members is the longest. */
export const orgText: BodySchema = { type: 'string', maxLength: 262_144 };
export const orgTexts: BodySchema = {
  type: 'array',
  maxItems: 20_000,
  items: { type: 'string', maxLength: 100_000_000 },
};
export const orgName: BodySchema = { type: 'string', pattern: '^[a-z0-9-]{1,32}$' };
export const orgUnit: BodySchema = { type: 'string', pattern: '^[a-z0-9][a-z0-9/._-]{0,63}$' };
/** `GuardQuestion` (src/domain/guard/guard.ts). */
export const guardQuestion: BodySchema = object(
  {
    command: { type: 'string', maxLength: SHORT_LINE },
    shell: word(SHELLS),
    cwd: folderPath,
    home: folderPath,
    from: word(GUARD_LEVELS),
  },
  ['command', 'shell', 'cwd', 'home', 'from'],
);
/** `AgentQuestion` (src/domain/guard/guard.ts). */
export const agentQuestion: BodySchema = object(
  { input: { type: 'string', maxLength: SHORT_INPUT }, home: folderPath, from: word(GUARD_LEVELS) },
  ['input', 'home', 'from'],
);

const change = (
  set: string,
  properties: Readonly<Record<string, BodySchema>>,
  optional: Readonly<Record<string, BodySchema>> = {},
): BodySchema => object({ set: { const: set }, ...properties, ...optional }, ['set', ...Object.keys(properties)]);

/** `SettingsChange` (src/domain/settings-change.ts). */
export const settingsChange: BodySchema = {
  type: 'object',
  oneOf: [
    change('sharing', { level: word(SHARING_LEVELS) }, { preview: hex(64) }),
    change(
      'trust',
      { id: nodeId, level: word(TRUST_LEVELS) },
      { lift: { type: 'array', items: nodeId, maxItems: 1_000 } },
    ),
    change('revoked', { id: nodeId }),
    change('blind', { report: { type: 'boolean' } }),
    change('blind-left', {}),
    change('denied-addresses', { subnets: { type: 'array', items: short, maxItems: 16 } }),
    change('peer', {
      peer: object(
        { name: short, id: nodeId, address: { oneOf: [short, { type: 'array', items: short, maxItems: 8 }] } },
        ['id'],
      ),
    }),
    change('no-peer', { id: nodeId }),
  ],
};
