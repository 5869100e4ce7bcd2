import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { LAYOUT_VERSION, vectorSchemaOf } from '../../../src/domain/answers/vector-schema.ts';
import { QUERY_TYPES } from '../../../src/domain/policy/trust.ts';
import { vocabulary } from '../../../src/risk/vocabulary.ts';

const schemas = QUERY_TYPES.map((type) => vectorSchemaOf(type, vocabulary()));

describe('schemas of vectors', () => {
  test('every change of a schema comes with another version: increase LAYOUT_VERSION, then this digest', () => {
    const digest = createHash('sha256').update(JSON.stringify(schemas)).digest('hex').slice(0, 16);
    expect({ version: LAYOUT_VERSION, digest }).toEqual({ version: 4, digest: 'ab6fdea7f325457f' });
  });

  test('cells have distinct names, and each belongs to one partition at most', () => {
    for (const { cells, partitions } of schemas) {
      expect(new Set(cells).size).toBe(cells.length);
      const parts = partitions.flatMap((partition) => partition.parts);
      expect(new Set(parts).size).toBe(parts.length);
      const totals = new Set(partitions.map(({ total }) => total));
      expect(parts.some((part) => totals.has(part))).toBe(false);
    }
  });

  test('a split divides a part of a partition, and its parts come last, so that older nodes lack only them', () => {
    for (const { cells, partitions, splits } of schemas) {
      const parts = new Set(partitions.flatMap((partition) => partition.parts));
      expect(splits.every(({ total }) => parts.has(total))).toBe(true);
      const added = splits.flatMap((split) => split.parts);
      expect(added).toEqual([...cells.keys()].slice(cells.length - added.length));
    }
  });

  test('every cell but the totals of node health is a total or a part of one', () => {
    for (const { name, cells, partitions, splits } of schemas) {
      const placed = new Set([...partitions, ...splits].flatMap(({ total, parts }) => [total, ...parts]));
      const single = cells.filter((_, place) => !placed.has(place));
      expect({ name, single: single.length === 0 || name.startsWith('node-health/') }).toEqual({ name, single: true });
    }
  });

  test('names are lower-case words with dots and hold a number only for hours and durations', () => {
    for (const { cells } of schemas)
      for (const cell of cells) expect(cell).toMatch(/^[a-z]+(\.[a-z-]+(\.[a-zA-Z]+)?|\.\d{1,2})?$|^durationMs$/);
  });
});
