/**
 * The floor of released totals, applied before they are stored: a cell with too few nodes is null,
 * and so is a companion wherever a total would reveal it (docs/queries.md "The floor").
 */
import type { VectorSchema } from '../answers/vector-schema.ts';
import { type Sums, withheldCells } from '../answers/withholding.ts';
import type { BlockTotal } from './release.ts';

/** The part of a layout that the floor depends on; `DayLayout` fits. */
export interface TotalLayout {
  readonly cells: readonly {
    readonly name: string;
    readonly measure: string;
    /** `nodes`: number of nodes whose amount is not 0. */
    readonly kind: 'count' | 'nodes';
  }[];
  /** Measures whose amounts add up to the same sum, which may be a measure of its own. */
  readonly groups: readonly { readonly sum: string; readonly measures: readonly string[] }[];
}

export interface SafeBlock {
  readonly name: string;
  readonly contributors: number;
  /** In the order of the layout; null: withheld. */
  readonly cells: readonly (number | null)[];
}

/** Name of the block of everybody. */
export const EVERYBODY = 'organisation';

/** A measure with the places of its cells in the layout. */
interface Measure {
  readonly name: string;
  readonly count: number | null;
  readonly nodes: number | null;
}

/**
 * Blocks of one day that do not overlap, with the block of everybody first, which is their sum. The
 * amount and the number of nodes of a measure are withheld together.
 *
 * @param floor at least 2
 */
export function withFloor(layout: TotalLayout, blocks: readonly BlockTotal[], floor: number): readonly SafeBlock[] {
  const [only] = blocks;
  const rows = blocks.length === 1 && only?.name === EVERYBODY ? blocks : [sumOf(layout, blocks), ...blocks];
  const measures = measuresOf(layout);
  const grid = createGrid(layout, rows, measures);
  const withheld = settled(grid.schema, floor, sumsOf(grid, floor));
  return rows.map(({ name, contributors, cells }, row) => {
    const safe: (number | null)[] = [...cells];
    for (const [index, { count, nodes }] of measures.entries())
      if (withheld.has(grid.placeOf(row, index)))
        for (const place of [count, nodes]) if (place !== null) safe[place] = null;
    return { name, contributors, cells: safe };
  });
}

const sumOf = ({ cells }: TotalLayout, blocks: readonly BlockTotal[]): BlockTotal => ({
  name: EVERYBODY,
  contributors: blocks.reduce((sum, { contributors }) => sum + contributors, 0),
  cells: cells.map((_, place) => blocks.reduce((sum, block) => sum + (block.cells[place] ?? 0), 0)),
});

function measuresOf({ cells }: TotalLayout): readonly Measure[] {
  const names = [...new Set(cells.map(({ measure }) => measure))];
  const place = (name: string, wanted: 'count' | 'nodes'): number | null => {
    const found = cells.findIndex(({ measure, kind }) => measure === name && kind === wanted);
    return found === -1 ? null : found;
  };
  return names.map((name) => ({ name, count: place(name, 'count'), nodes: place(name, 'nodes') }));
}

/** Every measure of every block, and the sums of its groups, as the cells of one table. */
interface Grid {
  readonly schema: VectorSchema;
  readonly placeOf: (row: number, measure: number) => number;
  readonly rowOf: (place: number) => number;
  readonly amount: (place: number) => number;
  readonly nodes: (place: number) => number;
}

function createGrid(layout: TotalLayout, rows: readonly BlockTotal[], measures: readonly Measure[]): Grid {
  const index = new Map(measures.map(({ name }, place) => [name, place]));
  const sums = [...new Set(layout.groups.map(({ sum }) => sum))].filter((sum) => !index.has(sum));
  const width = measures.length + sums.length;
  const placeOf = (row: number, measure: number): number => row * width + measure;
  const valueAt = (row: number, cell: number | null): number => (cell === null ? 0 : (rows[row]?.cells[cell] ?? 0));
  const partsOf = (row: number, group: readonly string[]): readonly number[] =>
    group.flatMap((name) => {
      const place = index.get(name);
      return place === undefined ? [] : [placeOf(row, place)];
    });
  const rowOf = (place: number): number => Math.floor(place / width);
  const amounts = new Map<number, number>();
  const nodes = new Map<number, number>();
  for (const row of rows.keys()) {
    for (const [place, measure] of measures.entries()) {
      amounts.set(placeOf(row, place), valueAt(row, measure.count ?? measure.nodes));
      nodes.set(
        placeOf(row, place),
        measure.nodes === null ? (rows[row]?.contributors ?? 0) : valueAt(row, measure.nodes),
      );
    }
    for (const [place, sum] of sums.entries()) {
      const parts = layout.groups.filter((group) => group.sum === sum).map((group) => partsOf(row, group.measures));
      const most = (values: ReadonlyMap<number, number>, all: readonly number[]): number =>
        all.reduce((total, part) => total + (values.get(part) ?? 0), 0);
      const target = placeOf(row, measures.length + place);
      amounts.set(target, Math.max(0, ...parts.map((all) => most(amounts, all))));
      nodes.set(target, Math.max(0, ...parts.flat().map((part) => nodes.get(part) ?? 0)));
    }
  }
  const inRows = [...rows.keys()].flatMap((row) =>
    layout.groups.map(({ sum, measures: group }) => ({
      total: placeOf(row, index.get(sum) ?? measures.length + sums.indexOf(sum)),
      parts: partsOf(row, group),
    })),
  );
  // With several blocks, the first row is the sum of the others.
  const others = [...rows.keys()].slice(1);
  const inColumns =
    others.length === 0
      ? []
      : measures.map((_, place) => ({ total: placeOf(0, place), parts: others.map((row) => placeOf(row, place)) }));
  return {
    schema: {
      name: 'blocks',
      cells: Array.from({ length: rows.length * width }, (_, place) => String(place)),
      partitions: [...inColumns, ...inRows],
      splits: [],
    },
    placeOf,
    rowOf,
    amount: (place) => amounts.get(place) ?? 0,
    nodes: (place) => nodes.get(place) ?? 0,
  };
}

/**
 * How many nodes a sum covers is known for single cells. Cells of one block may be of the same
 * nodes, so the largest counts; cells of several blocks are of different nodes.
 */
function sumsOf({ amount, nodes, rowOf }: Grid, floor: number): Sums {
  return {
    all: amount,
    unknown: amount,
    isThin: (places) => {
      const byRow = new Map<number, number>();
      for (const place of places) byRow.set(rowOf(place), Math.max(byRow.get(rowOf(place)) ?? 0, nodes(place)));
      const covered = [...byRow.values()].reduce((sum, count) => sum + count, 0);
      // With noise, a number of nodes may be wrong by a few, or negative.
      return covered < floor && places.some((place) => nodes(place) !== 0 || amount(place) !== 0);
    },
  };
}

/**
 * Each cell is a part of several totals, so a companion in one of them may need another one in the
 * next: repeated until nothing is added.
 */
function settled(schema: VectorSchema, floor: number, sums: Sums): ReadonlySet<number> {
  let known: ReadonlySet<number> = new Set();
  for (;;) {
    const before = known;
    const isThin: Sums['isThin'] = (places) =>
      (places.length === 1 && places.every((place) => before.has(place))) || sums.isThin(places);
    const next = withheldCells(schema, floor, { ...sums, isThin });
    if (next.size === before.size) return before;
    known = new Set(next.keys());
  }
}
