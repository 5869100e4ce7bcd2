/** ATT&CK techniques over all nodes (blind totals only: answers at level 2 have no techniques). */
import { type FigureDay, figureOf } from './figure-day.ts';
import { measureOf, mostNodes } from './measure.ts';
import { namesIn } from './posture.ts';

/** One technique over a span. */
export interface TechniqueMeasure {
  /** Id in ATT&CK. */
  readonly technique: string;
  /** Sum over the known days of the nodes that matched it on that day; null if none is known. */
  readonly nodeDays: number | null;
  /** Days that are in it. */
  readonly days: number;
  /** Most nodes on one day. */
  readonly nodes: number | null;
  /** Mean number of nodes on a day, out of 1,000 that reported. */
  readonly rate: number | null;
  readonly before: number | null;
  /** Relative change of the rate. */
  readonly change: number | null;
}

/** In the order of the ids; a technique that no node matched has 0, one that is unknown null. */
export function heatMapOf(now: readonly FigureDay[], before: readonly FigureDay[]): readonly TechniqueMeasure[] {
  return [...namesIn(now, /^techniques\.(.+)\.nodes$/)].sort().map((technique) => {
    const cell = `techniques.${technique}.nodes`;
    const nodes = (day: FigureDay): number | null => figureOf(day, cell);
    const { count, ...measure } = measureOf(now, before, nodes, 'nodes');
    return { technique, nodeDays: count, nodes: mostNodes(now, nodes), ...measure };
  });
}
