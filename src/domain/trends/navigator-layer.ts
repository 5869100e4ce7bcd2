/**
 * A layer for the ATT&CK Navigator, format 4.5:
 * https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
 */
import { daysUntil } from '../blind/total-series.ts';
import { changeInPercent } from './figure-text.ts';
import type { HeatMapAnswer } from './trend-answers.ts';

const VERSIONS = { attack: '19', navigator: '5.2.0', layer: '4.5' } as const;
const COLORS = ['#ffffff', '#fdd0a2', '#e6550d'];

export interface LayerTechnique {
  readonly techniqueID: string;
  /** Sum over days of the nodes that matched it on that day. */
  readonly score?: number;
  readonly enabled: boolean;
  readonly comment: string;
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
}

export interface NavigatorLayer {
  readonly name: string;
  readonly versions: typeof VERSIONS;
  readonly domain: 'enterprise-attack';
  readonly description: string;
  readonly sorting: number;
  readonly layout: Readonly<Record<string, string | boolean>>;
  readonly techniques: readonly LayerTechnique[];
  readonly gradient: { readonly colors: readonly string[]; readonly minValue: number; readonly maxValue: number };
}

/**
 * Techniques that are unknown have no score and are disabled; others are scored by node-days.

 */
export function navigatorLayer({ techniques, block, until, days, source }: HeatMapAnswer): NavigatorLayer {
  const [first = until] = daysUntil(until, days);
  const most = Math.max(1, ...techniques.map(({ nodeDays }) => nodeDays ?? 0));
  return {
    name: `${source.name}, ${block}: ${first} to ${until}`,
    versions: VERSIONS,
    domain: 'enterprise-attack',
    description: `Scores are node-days: the nodes that matched a rule of the technique on a day, summed over the days. Figures of fewer than ${source.floor} nodes are withheld; those techniques have no score.`,
    sorting: 3,
    layout: { layout: 'side', showID: true, showName: true, expandedSubtechniques: 'annotated' },
    techniques: techniques.map(({ technique, nodeDays, nodes, days: known, change }) => ({
      techniqueID: technique,
      ...(nodeDays === null ? {} : { score: nodeDays }),
      enabled: nodeDays !== null,
      comment: nodeDays === null ? 'unknown: withheld, or not reported' : `known on ${known} of ${days} days`,
      metadata: [
        { name: 'most nodes on one day', value: nodes === null ? 'unknown' : String(nodes) },
        { name: 'change of the mean', value: change === null ? 'unknown' : changeInPercent(change) },
      ],
    })),
    gradient: { colors: COLORS, minValue: 0, maxValue: most },
  };
}
