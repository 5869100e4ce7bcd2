/**
 * Turns the schemas of what the dashboard's API takes into plain functions
 * (`src/generated/page-validators.js`), so that the page's process loads no schema compiler: that
 * is a third of its cold start. Run by `npm run build`.
 */
import { mkdirSync } from 'node:fs';
import { Ajv } from 'ajv';
import { INPUTS } from '../../src/web/server/schemas/schemas.ts';
import { writeRecord } from './validator-record.ts';

export function generatePageValidators(): void {
  mkdirSync('src/generated', { recursive: true });
  // Query strings are text: numbers in them are read as such.
  writeRecord(new Ajv({ coerceTypes: true, code: { source: true, optimize: true } }), {
    file: 'page-validators',
    record: 'inputValidators',
    schemas: INPUTS,
    types: `import type { Validator } from '../domain/encoding/validator.ts';

export const inputValidators: Readonly<Record<string, Validator<unknown>>>;
`,
  });
}

if (require.main === module) generatePageValidators();
