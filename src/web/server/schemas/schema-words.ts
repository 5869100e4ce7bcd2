/** Building blocks of the schemas of the dashboard's API. */
export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: 'string' };
export const maybeText: Schema = { type: ['string', 'null'] };
export const count: Schema = { type: 'integer', minimum: 0 };
export const maybeCount: Schema = { type: ['integer', 'null'] };
export const flag: Schema = { type: 'boolean' };
export const words = (values: readonly (string | number)[]): Schema => ({ enum: values });
export const word = (values: readonly string[]): Schema => ({ type: 'string', enum: values });
export const list = (items: Schema): Schema => ({ type: 'array', items });
/** Every member is required unless named in `optional`; nothing else is allowed. */
export const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  additionalProperties: false,
});
export const orNull = (schema: Schema): Schema => ({ ...schema, nullable: true });
export const allOptional = (properties: Readonly<Record<string, Schema>>): Schema =>
  object(properties, Object.keys(properties));
