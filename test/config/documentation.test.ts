import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultConfiguration } from '../../src/config/default-file.ts';
import { CONFIGURATION_SCHEMA, type ConfigurationSchema } from '../../src/config/schema.ts';

const ROOT = join(__dirname, '../..');

interface Key {
  readonly name: string;
  readonly takes: string;
  readonly default: string;
}

/** Every key of the schema as a line of the table. */
function keys(schema: ConfigurationSchema, path: string): readonly Key[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]): readonly Key[] => {
    const name = path === '' ? key : `${path}.${key}`;
    const takes = member.description ?? '';
    const fallback = member.default === undefined ? '' : `\`${JSON.stringify(member.default)}\``;
    if (member.items?.properties) {
      return [{ name: `[[${name}]]`, takes, default: fallback }, ...keys(member.items, `${name}[]`)];
    }
    if (member.properties) return keys(member, name);
    return [{ name: member.type === 'object' ? `[${name}]` : name, takes, default: fallback }];
  });
}

describe('docs/configuration.md', () => {
  test('lists every key with what it takes and its default, and no other', () => {
    const documented = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, name = '', takes = '', fallback = '']) => ({
        name: name.replaceAll('`', ''),
        takes,
        default: fallback,
      }));
    // The host's name is no constant.
    const expected = keys(CONFIGURATION_SCHEMA, '').map((key) =>
      key.name === 'node.name' ? { ...key, default: "the host's name" } : key,
    );
    expect(documented).toEqual(expected);
  });
});

test('config/caro.example.toml is what init writes', () => {
  expect(readFileSync(join(ROOT, 'config/caro.example.toml'), 'utf8')).toBe(defaultConfiguration('dev-laptop'));
});
