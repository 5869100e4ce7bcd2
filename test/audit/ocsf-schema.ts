/**
 * The published classes of OCSF 1.8.0 (test/vectors/ocsf-1.8.0.json says where they are from), as a
 * validator of events.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

interface Definition {
  readonly attributes: Readonly<Record<string, string>>;
  readonly enums?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly atLeastOne?: readonly string[];
}
interface ClassDefinition extends Definition {
  readonly caption: string;
  readonly category: readonly [number, string];
}
interface Published {
  readonly version: string;
  readonly base: Definition['attributes'];
  readonly enums: NonNullable<Definition['enums']>;
  readonly classes: Readonly<Record<string, ClassDefinition>>;
  readonly objects: Readonly<Record<string, Definition>>;
}

export type OcsfEvent = Readonly<Record<string, unknown>>;

const PUBLISHED = JSON.parse(readFileSync(join(__dirname, '../vectors/ocsf-1.8.0.json'), 'utf8')) as Published;

const LEAVES: Readonly<Record<string, object | false>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  timestamp: { type: 'integer', minimum: 0 },
  boolean: { type: 'boolean' },
  port: { type: 'integer', minimum: 0, maximum: 65_535 },
  ip: { type: 'string', format: 'ip' },
  json: { type: 'object' },
  '?': false,
};

function schemaOf({ attributes, enums = {}, atLeastOne = [] }: Definition): object {
  const typed = Object.entries(attributes).map(([name, notation]) => {
    const type = notation.replace('!', '').replace('[]', '');
    const known = { ...PUBLISHED.enums, ...enums }[name];
    const one = known ? { enum: Object.keys(known).map(Number) } : (LEAVES[type] ?? { $ref: `#/$defs/${type}` });
    return [name, notation.includes('[]') && one !== false ? { type: 'array', items: one } : one] as const;
  });
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(attributes).filter((name) => attributes[name]?.endsWith('!')),
    properties: Object.fromEntries(typed),
    ...(atLeastOne.length === 0 ? {} : { anyOf: atLeastOne.map((name) => ({ required: [name] })) }),
  };
}

const $defs = Object.fromEntries(Object.entries(PUBLISHED.objects).map(([name, object]) => [name, schemaOf(object)]));
const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
ajv.addFormat('ip', (text) => isIP(text) !== 0 && !text.includes('%'));
const validators: Readonly<Record<string, ValidateFunction>> = Object.fromEntries(
  Object.entries(PUBLISHED.classes).map(([uid, definition]) => [
    uid,
    ajv.compile({ ...schemaOf({ ...definition, attributes: { ...PUBLISHED.base, ...definition.attributes } }), $defs }),
  ]),
);

/** Everything in which an event is not of the class that it names; empty for a valid one. */
export function ocsfFaults(event: OcsfEvent): readonly string[] {
  const uid = Number(event['class_uid']);
  const definition = PUBLISHED.classes[String(uid)];
  const validate = validators[String(uid)];
  if (!definition || !validate) return [`class_uid ${String(event['class_uid'])} is not one of those transcribed`];
  validate(event);
  const said = (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
  return [...said, ...mismatches(event, definition, uid)];
}

/**
 * What JSON Schema cannot say: uids are computed from one another, captions belong to their ids.
 */
function mismatches(event: OcsfEvent, definition: ClassDefinition, uid: number): readonly string[] {
  const enums = { ...PUBLISHED.enums, ...definition.enums };
  const activity = enums['activity_id']?.[String(event['activity_id'])];
  const expected: Readonly<Record<string, unknown>> = {
    class_name: definition.caption,
    category_uid: definition.category[0],
    category_name: definition.category[1],
    type_uid: uid * 100 + Number(event['activity_id']),
    type_name: `${definition.caption}: ${activity}`,
    activity_name: activity,
    ...Object.fromEntries(
      ['severity', 'status', 'risk_level', 'launch_type'].map((name) => [
        name,
        enums[`${name}_id`]?.[String(event[`${name}_id`])],
      ]),
    ),
  };
  const wrong = Object.entries(expected).filter(([name, value]) => event[name] !== undefined && event[name] !== value);
  const { version } = (event['metadata'] ?? {}) as { readonly version?: string };
  return [
    ...wrong.map(([name, value]) => `${name}: expected ${String(value)}, got ${String(event[name])}`),
    ...(version === PUBLISHED.version ? [] : [`metadata.version: expected ${PUBLISHED.version}, got ${version}`]),
  ];
}
