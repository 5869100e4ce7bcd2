/**
 * One way in which data does not fit a schema; the members of Ajv's error objects that are used
 * here.
 */
export interface SchemaError {
  /** JSON pointer (RFC 6901) to the value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * A check made at build time from a JSON Schema (`npm run build` writes `src/generated/`). Fills in
 * the schema's defaults, so the data MUST be the caller's own copy. After `false`, `errors` says
 * what is wrong, all of it.
 */
export interface Validator<T> {
  (data: unknown): data is T;
  readonly errors?: readonly SchemaError[] | null;
}
