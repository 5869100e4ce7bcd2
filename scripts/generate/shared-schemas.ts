/** Moves repeated and large parts of JSON Schemas to one place, so that validators are small. */
type Schema = Readonly<Record<string, unknown>>;

export interface SharedSchemas {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** The schema that the others refer to; add it to the validator as well. */
  readonly definitions: Schema;
}

const ID = 'shared';
/** Shorter parts (in characters of JSON) cost less inline than as a function. */
const MIN_LENGTH = 40;
/**
 * A large part is cheaper as a function even if it occurs once, because inline checks in an
 * alternative collect their errors.
 */
const MIN_LENGTH_ALONE = 400;

/**
 * Returns the same schemas, with each part that is large or occurs more than once moved to the
 * shared definitions. Its check is then generated once, which saves memory of the service.
 */
export function shareSchemas(sources: Readonly<Record<string, Schema>>): SharedSchemas {
  const counts = new Map<string, number>();
  for (const schema of Object.values(sources)) count(schema, counts);
  const definitions: Record<string, unknown> = {};
  const names = new Map<string, string>();
  const replace = (schema: unknown): unknown => mapParts(schema, (part) => share(part));
  const share = (part: unknown): unknown => {
    const text = JSON.stringify(part);
    const least = (counts.get(text) ?? 0) > 1 ? MIN_LENGTH : MIN_LENGTH_ALONE;
    if (text.length < least) return replace(part);
    const name = names.get(text) ?? `part${names.size}`;
    if (!names.has(text)) {
      names.set(text, name);
      definitions[name] = replace(part);
    }
    return { $ref: `${ID}#/definitions/${name}` };
  };
  const schemas = Object.fromEntries(
    Object.entries(sources).map(([name, schema]) => [name, replace(schema) as Schema]),
  );
  return { schemas, definitions: { $id: ID, definitions } };
}

function count(schema: unknown, counts: Map<string, number>): void {
  mapParts(schema, (part) => {
    const text = JSON.stringify(part);
    const seen = counts.get(text) ?? 0;
    counts.set(text, seen + 1);
    // The inner parts of a repeated part are moved with it.
    if (seen === 0) count(part, counts);
    return part;
  });
}

/** Applies `change` to each direct child schema. */
function mapParts(schema: unknown, change: (part: unknown) => unknown): unknown {
  const { properties, items, anyOf, oneOf, ...rest } = schema as Readonly<Record<string, unknown>>;
  const list = (parts: unknown): unknown => (parts as readonly unknown[]).map(change);
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties as Schema).map(([key, part]) => [key, change(part)]),
          ),
        }),
    ...(items === undefined ? {} : { items: change(items) }),
    ...(anyOf === undefined ? {} : { anyOf: list(anyOf) }),
    ...(oneOf === undefined ? {} : { oneOf: list(oneOf) }),
  };
}
