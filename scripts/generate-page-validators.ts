/**
 * Turns the schemas of what the dashboard's API takes into plain functions
 * (`src/generated/page-validators.js`), so that the page's process loads no schema compiler: that
 * is a third of its cold start. Run by `npm run build`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import { INPUTS } from '../src/web/server/schemas/schemas.ts';

const OUT = join('src', 'generated');

export function generatePageValidators(): void {
  mkdirSync(OUT, { recursive: true });
  // Query strings are text: numbers in them are read as such.
  const ajv = new Ajv({ coerceTypes: true, code: { source: true, optimize: true } });
  const names = Object.keys(INPUTS);
  for (const [name, schema] of Object.entries(INPUTS)) ajv.addSchema(schema, name);
  const code = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, name])));
  const types = names.map((name) => `export const ${name}: Validator<unknown>;\n`).join('');
  writeFileSync(join(OUT, 'page-validators.js'), `${code}\n`);
  writeFileSync(
    join(OUT, 'page-validators.d.ts'),
    `import type { Validator } from '../domain/encoding/validator.ts';\n\n${types}`,
  );
}

if (require.main === module) generatePageValidators();
