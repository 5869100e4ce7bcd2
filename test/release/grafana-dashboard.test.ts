import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';

const read = (file: string): unknown => JSON.parse(readFileSync(join(__dirname, '../..', file), 'utf8'));

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const DASHBOARD = read('config/grafana/caro-mesh-totals.json') as Dashboard;

test('the dashboard fits the schema of Grafana', () => {
  const validate = new Ajv({ strict: true, strictRequired: false }).compile(
    read('test/vectors/grafana-dashboard.json') as object,
  );
  validate(DASHBOARD);
  expect(validate.errors ?? []).toEqual([]);
});

test('its panels have numbers of their own, lie inside the grid and do not overlap', () => {
  const { panels } = DASHBOARD;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { gridPos } of panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.has(`${x},${y}`)).toBe(false);
        taken.add(`${x},${y}`);
      }
  }
});

test('it asks for totals only: no series of a node, a shell or an actor', () => {
  for (const { targets } of DASHBOARD.panels)
    for (const { expr } of targets)
      expect(expr.match(/caro_[a-z_]+/g)?.every((name) => /^caro_mesh_(totals|alert)_/.test(name))).toBe(true);
});
