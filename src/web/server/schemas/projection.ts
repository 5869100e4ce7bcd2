/** The subset of JSON Schema that describes answers of the dashboard (`schemas.ts`). */
export interface AnswerSchema {
  readonly type?: string | readonly string[];
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly items?: AnswerSchema;
  readonly properties?: Readonly<Record<string, AnswerSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

/**
 * Copies the members of a value that its schema names; others are dropped. Used for answers,
 * because Fastify's compiled serializers would take a third of the cold start (docs/adr/0007).
 *
 * @throws TypeError if a member is missing or has another type. The text names the place only.
 */
export function project(schema: AnswerSchema, value: unknown, place = 'answer'): unknown {
  if (value === null && allowsNull(schema)) return null;
  if (schema.enum) {
    if (!schema.enum.includes(value)) throw broken(place, 'one of the listed words');
    return value;
  }
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.find((name) => name !== 'null');
  if (type === 'array') return projectList(schema, value, place);
  if (type === 'object') return projectObject(schema, value, place);
  const isInteger = type === 'integer' && Number.isSafeInteger(value);
  if (!isInteger && typeof value !== type) throw broken(place, type ?? 'a known type');
  return value;
}

const allowsNull = ({ nullable, type }: AnswerSchema): boolean =>
  nullable === true || (type?.includes('null') ?? false);

function projectList({ items = {} }: AnswerSchema, value: unknown, place: string): unknown {
  if (!Array.isArray(value)) throw broken(place, 'a list');
  return value.map((item) => project(items, item, `${place}[]`));
}

function projectObject(schema: AnswerSchema, value: unknown, place: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(place, 'an object');
  if (schema.additionalProperties === true) return value;
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const found = (value as Readonly<Record<string, unknown>>)[name];
    if (found !== undefined) members[name] = project(member, found, `${place}.${name}`);
    else if (schema.required?.includes(name)) throw broken(`${place}.${name}`, 'a value');
  }
  return members;
}

const broken = (place: string, expected: string): TypeError => new TypeError(`${place}: expected ${expected}`);
