import { expect, test } from '@jest/globals';
import Ajv from 'ajv';
import type { TechniqueMeasure } from '../../src/domain/trends/heat-map.ts';
import { navigatorLayer } from '../../src/domain/trends/navigator-layer.ts';
import type { HeatMapAnswer } from '../../src/domain/trends/trend-answers.ts';
import { TECHNIQUES } from '../../src/risk/techniques.ts';

const text = { type: 'string' };
const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const METADATA = { type: 'array', items: closed({ name: text, value: text }, ['name', 'value']) };
/**
 * The property tables of the published format, as a closed schema:
 * https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
 */
const LAYER_4_5 = closed(
  {
    name: text,
    versions: closed({ attack: text, navigator: { pattern: '^(4\\.9|[5-9])\\.' }, layer: { const: '4.5' } }, [
      'navigator',
      'layer',
    ]),
    domain: { enum: ['enterprise-attack', 'mobile-attack', 'ics-attack'] },
    description: text,
    sorting: { enum: [0, 1, 2, 3] },
    layout: closed({
      layout: { enum: ['side', 'flat', 'mini'] },
      showID: { type: 'boolean' },
      showName: { type: 'boolean' },
      expandedSubtechniques: { enum: ['none', 'all', 'annotated'] },
    }),
    techniques: {
      type: 'array',
      items: closed(
        {
          techniqueID: { type: 'string', pattern: '^T\\d{4}(\\.\\d{3})?$' },
          score: { type: 'number' },
          enabled: { type: 'boolean' },
          comment: text,
          metadata: METADATA,
        },
        ['techniqueID'],
      ),
    },
    gradient: closed(
      {
        colors: { type: 'array', minItems: 2, items: { type: 'string', pattern: '^#[0-9a-f]{6}$' } },
        minValue: { type: 'number' },
        maxValue: { type: 'number' },
      },
      ['colors', 'minValue', 'maxValue'],
    ),
  },
  ['name', 'domain', 'versions'],
);

const measure = (technique: string, nodeDays: number | null): TechniqueMeasure => ({
  technique,
  ...{
    nodeDays,
    days: nodeDays === null ? 0 : 7,
    nodes: nodeDays,
    rate: nodeDays,
    before: 2,
    change: nodeDays === null ? null : -0.25,
  },
});
const answer = (techniques: readonly TechniqueMeasure[]): HeatMapAnswer => ({
  source: { source: 'totals', name: 'staff', floor: 20, blocks: [], first: '2026-01-01', last: '2026-11-28' },
  block: 'organisation',
  until: '2026-11-28',
  days: 7,
  techniques,
});

test.each([
  ['every technique that rules name', Object.keys(TECHNIQUES).map((id, index) => measure(id, index))],
  ['none', []],
  ['one that is unknown', [measure('T1485', null)]],
])('a layer with %s fits the published format 4.5', (_, techniques) => {
  const layer = navigatorLayer(answer(techniques));
  const check = new Ajv({ strict: false }).compile(LAYER_4_5);
  expect([check(JSON.parse(JSON.stringify(layer))), check.errors]).toEqual([true, null]);
  expect(layer.gradient.maxValue).toBeGreaterThan(layer.gradient.minValue);
  expect(layer.techniques).toHaveLength(techniques.length);
});

test('an unknown technique has no score and is disabled, a zero is a zero', () => {
  const { techniques } = navigatorLayer(answer([measure('T1485', null), measure('T1014', 0)]));
  expect(techniques[0]).toMatchObject({
    techniqueID: 'T1485',
    enabled: false,
    comment: 'unknown: withheld, or not reported',
  });
  expect(techniques[0]).not.toHaveProperty('score');
  expect(techniques[1]).toMatchObject({ techniqueID: 'T1014', enabled: true, score: 0 });
});
