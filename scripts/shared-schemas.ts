type Schema = Readonly<Record<string, unknown>>;

export interface SharedSchemas {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** To be added beside them; the others refer to it. */
  readonly definitions: Schema;
}

const ID = 'shared';
/** Smaller ones cost less in place than as a function. */
const MIN_LENGTH = 40;
/**
 * A part that occurs once is cheaper outside as well, since checks inside an alternative have to
 * collect their errors.
 */
const MIN_LENGTH_ALONE = 400;

/**
 * The same schemas with each part that is large or occurs more than once moved to one place, so
 * that its check is generated once: the checks of messages shrink to a fraction, which is memory of
 * the service.
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
    // Parts of a part that was seen before will not stand twice.
    if (seen === 0) count(part, counts);
    return part;
  });
}

/** Applies `change` to each schema directly inside another one. */
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
