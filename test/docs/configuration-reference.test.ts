/**
 * docs/configuration.md has a row for every key of the schema, with what it takes and its default.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { CONFIGURATION_SCHEMA, type ConfigurationSchema } from '../../src/config/schema.ts';

type Row = readonly [key: string, takes: string, fallback: string];

const fallbackOf = (schema: ConfigurationSchema): string =>
  schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;

/**
 * Rows as the schema wants them. A table of keys has none of its own; a list of tables and a table
 * with free keys do.
 */
function rowsOf(schema: ConfigurationSchema, path: string): readonly Row[] {
  const takes = schema.description ?? '';
  const inside = (properties: ConfigurationSchema['properties'], prefix: string): readonly Row[] =>
    Object.entries(properties ?? {}).flatMap(([key, child]) => rowsOf(child, `${prefix}${key}`));
  if (schema.properties) return inside(schema.properties, path === '' ? '' : `${path}.`);
  if (schema.items?.properties)
    return [[`[[${path}]]`, takes, fallbackOf(schema)], ...inside(schema.items.properties, `${path}[].`)];
  return [[schema.type === 'object' ? `[${path}]` : path, takes, fallbackOf(schema)]];
}

const documented = readFileSync(resolve(__dirname, '../../docs/configuration.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| `[[a-z_]+[\].]/.test(line))
  .map((line): Row => {
    const [, key = '', takes = '', fallback = ''] = line.split('|').map((cell) => cell.trim());
    return [key.replaceAll('`', ''), takes, fallback];
  });

test('every key has its row, with what it takes, its bounds and its default', () => {
  const wanted = rowsOf(CONFIGURATION_SCHEMA, '').map(
    ([key, takes, fallback]): Row =>
      key === 'node.name'
        ? [key, takes, "the host's name"]
        : // Keys that a table of a list cannot do without have none.
          [key, takes, fallback],
  );
  const byKey = (rows: readonly Row[]): readonly Row[] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(byKey(documented)).toEqual(byKey(wanted));
  expect(wanted.length).toBeGreaterThan(30);
});
