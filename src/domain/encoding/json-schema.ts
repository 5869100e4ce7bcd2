/** A JSON Schema (draft-07), and the few forms of it from which closed schemas are built. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An object with exactly these properties; without `required` it must have all of them. */
export const closed = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = Object.keys(properties),
): JsonSchema => ({ type: 'object', additionalProperties: false, required, properties });

/** A string; the pattern MUST bound its length. */
export const text = (pattern: string): JsonSchema => ({ type: 'string', pattern });

export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [{ type: 'null' }, schema] });

export const list = (items: JsonSchema, minItems: number, maxItems: number): JsonSchema => ({
  type: 'array',
  minItems,
  maxItems,
  items,
});
