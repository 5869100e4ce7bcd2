import { expect, test } from '@jest/globals';
import { project } from '../../../src/web/server/schemas/projection.ts';

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    level: { type: 'string', enum: ['low', 'high'] },
    seen: { type: ['string', 'null'] },
    list: { type: 'array', items: { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] } },
    free: { type: 'object', additionalProperties: true },
    maybe: { type: 'object', nullable: true, properties: {} },
  },
  required: ['name'],
} as const;

test('fields that a schema does not name are removed at any depth', () => {
  const value = {
    name: 'a',
    secret: 'b',
    list: [{ count: 1, cwd: '/home' }],
    free: { any: 1 },
    maybe: null,
    seen: null,
  };
  expect(project(schema, value)).toEqual({
    name: 'a',
    list: [{ count: 1 }],
    free: { any: 1 },
    maybe: null,
    seen: null,
  });
});

test.each([
  ['a missing member', { level: 'low' }, 'answer.name: expected a value'],
  ['another kind', { name: 5 }, 'answer.name: expected string'],
  ['null where none may stand', { name: null }, 'answer.name: expected string'],
  ['an unknown word', { name: 'a', level: 'middle' }, 'answer.level: expected one of the listed words'],
  ['a fraction', { name: 'a', list: [{ count: 1.5 }] }, 'answer.list[].count: expected integer'],
  ['no list', { name: 'a', list: {} }, 'answer.list: expected a list'],
  ['a list for an object', [], 'answer: expected an object'],
])('%s is a defect that names its place', (_name, value, message) => {
  expect(() => project(schema, value)).toThrow(message);
});
