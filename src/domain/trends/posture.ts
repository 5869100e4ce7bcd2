/** Risk over all nodes, over time: what the page's posture view and `caro report` show. */
import { ANOMALY_KINDS, type AnomalyKind } from '../anomalies/anomaly.ts';
import { RISK_LEVELS, type RiskLevel } from '../events/risk-level.ts';
import { type AgentShare, agentShare } from './agent-share.ts';
import { commandsOf, type FigureDay, figureOf, riskyOf } from './figure-day.ts';
import { type Measure, measureOf, mostNodes, rateOf, stretchesOf } from './measure.ts';

/** A day or a week of the trend. */
export interface TrendPoint {
  readonly first: string;
  readonly last: string;
  readonly days: number;
  /** Days whose rate is known. */
  readonly known: number;
  /** Days for which there are figures, some of which may be withheld. */
  readonly released: number;
  /** Over the known days; null if there are none. */
  readonly commands: number | null;
  readonly risky: number | null;
  /** Commands of high or critical risk per 1,000 commands. */
  readonly rate: number | null;
  /** Nodes behind the figures: mean of the days that have any. */
  readonly contributors: number | null;
}

export interface LevelMeasure extends Measure {
  readonly level: RiskLevel;
}

export interface KindMeasure extends Measure {
  /** Family of rules. */
  readonly family: string;
  /** Most nodes on one day. */
  readonly nodes: number | null;
  /** Rate at each point of the trend. */
  readonly points: readonly (number | null)[];
}

export interface AnomalyMeasure extends Measure {
  readonly kind: AnomalyKind;
  readonly nodes: number | null;
}

/** What the figures do not say. */
export interface Gaps {
  /** Days without figures, and those of them that were withheld as a whole. */
  readonly days: number;
  readonly incomplete: number;
  readonly belowFloor: number;
  /** Figures of single days in all, and those that are withheld. */
  readonly figures: number;
  readonly withheld: number;
}

export interface Posture {
  /** First and last day of the span. */
  readonly first: string;
  readonly last: string;
  readonly points: readonly TrendPoint[];
  /** The span before, in as many points. */
  readonly previous: readonly TrendPoint[];
  readonly risky: Measure;
  readonly agents: AgentShare;
  /** From critical to safe. */
  readonly levels: readonly LevelMeasure[];
  /** Highest rate first; families that were not matched are left out. */
  readonly kinds: readonly KindMeasure[];
  /** Rates are per 1,000 nodes and day. */
  readonly anomalies: readonly AnomalyMeasure[];
  readonly gaps: Gaps;
  /** The newest day that has figures. */
  readonly latest: { readonly day: string; readonly contributors: number } | null;
}

/** Two spans of the same length, each with every day. */
export function postureOf(now: readonly FigureDay[], before: readonly FigureDay[]): Posture {
  const points = stretchesOf(now);
  const latest = now.findLast(({ contributors }) => contributors !== null);
  return {
    first: now[0]?.day ?? '',
    last: now.at(-1)?.day ?? '',
    points: points.map(pointOf),
    previous: stretchesOf(before).map(pointOf),
    risky: measureOf(now, before, riskyOf),
    agents: agentShare(now),
    levels: [...RISK_LEVELS]
      .reverse()
      .map((level) => ({ level, ...measureOf(now, before, (day) => figureOf(day, `levels.${level}.count`)) })),
    kinds: familiesIn(now)
      .map((family) => kindOf(family, now, before, points))
      .filter(({ count }) => count !== 0)
      .sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1)),
    anomalies: ANOMALY_KINDS.map((kind) => ({
      kind,
      ...measureOf(now, before, (day) => figureOf(day, `anomalies.${kind}.count`), 'nodes'),
      nodes: mostNodes(now, (day) => figureOf(day, `anomalies.${kind}.nodes`)),
    })),
    gaps: gapsIn(now),
    latest: latest ? { day: latest.day, contributors: latest.contributors ?? 0 } : null,
  };
}

function pointOf(days: readonly FigureDay[]): TrendPoint {
  const known = days.filter((day) => riskyOf(day) !== null && commandsOf(day) !== null);
  const released = days.flatMap(({ contributors }) => contributors ?? []);
  const sum = (amount: (day: FigureDay) => number | null): number | null =>
    known.length === 0 ? null : known.reduce((total, day) => total + (amount(day) ?? 0), 0);
  return {
    first: days[0]?.day ?? '',
    last: days.at(-1)?.day ?? '',
    days: days.length,
    known: known.length,
    released: released.length,
    commands: sum(commandsOf),
    risky: sum(riskyOf),
    rate: rateOf(days, riskyOf),
    contributors:
      released.length === 0 ? null : Math.round(released.reduce((total, one) => total + one, 0) / released.length),
  };
}

function kindOf(
  family: string,
  now: readonly FigureDay[],
  before: readonly FigureDay[],
  points: readonly (readonly FigureDay[])[],
): KindMeasure {
  const cell = `rules.${family}.count`;
  const amount = (day: FigureDay): number | null => figureOf(day, cell);
  return {
    family,
    ...measureOf(now, before, amount),
    nodes: mostNodes(now, (day) => figureOf(day, `rules.${family}.nodes`)),
    points: points.map((days) => rateOf(days, amount)),
  };
}

/** Names between a prefix and a suffix, over all layouts of these days. */
export function namesIn(days: readonly FigureDay[], name: RegExp): readonly string[] {
  const layouts = new Set(days.map(({ layout }) => layout));
  return [...new Set([...layouts].flatMap(({ cells }) => cells.flatMap((cell) => name.exec(cell)?.[1] ?? [])))];
}

const familiesIn = (days: readonly FigureDay[]): readonly string[] => namesIn(days, /^rules\.(.+)\.count$/);

function gapsIn(days: readonly FigureDay[]): Gaps {
  const released = days.filter(({ contributors }) => contributors !== null);
  const withCode = (wanted: string): number => days.filter(({ code }) => code === wanted).length;
  const count = (test: (value: number | null) => boolean): number =>
    released.reduce((sum, { values }) => sum + values.filter(test).length, 0);
  return {
    days: days.length - released.length,
    incomplete: withCode('release_incomplete'),
    belowFloor: withCode('release_below_floor'),
    figures: count(() => true),
    withheld: count((value) => value === null),
  };
}
