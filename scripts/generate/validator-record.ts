import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone';

interface ValidatorRecord {
  /** In `src/generated`, without its ending. */
  readonly file: string;
  /** Name of the exported record: key of a schema → its check. */
  readonly record: string;
  readonly schemas: Readonly<Record<string, object>>;
  /** Checks of schemas that were added already; each is exported under its own name. */
  readonly others?: readonly string[];
  /** The declarations of the module (`.d.ts`). */
  readonly types: string;
}

/** Writes a module whose checks are looked up by key, so that no second list of keys is needed. */
export function writeRecord(ajv: Ajv, { file, record, schemas, others = [], types }: ValidatorRecord): void {
  const keys = Object.keys(schemas);
  for (const [key, schema] of Object.entries(schemas)) ajv.addSchema(schema, key);
  const code = standaloneCode(ajv, Object.fromEntries([...keys, ...others].map((key) => [key, key])));
  const members = keys.map((key) => `${JSON.stringify(key)}:exports[${JSON.stringify(key)}]`);
  const path = join('src', 'generated', file);
  writeFileSync(`${path}.js`, `${code};exports.${record}={${members.join(',')}};\n`);
  writeFileSync(`${path}.d.ts`, types);
}
