import { EVERYBODY } from '../../domain/blind/total-floor.ts';
import { CaroError } from '../../domain/errors.ts';
import { type FigureDay, wholeSpan } from '../../domain/trends/figure-day.ts';
import { heatMapOf } from '../../domain/trends/heat-map.ts';
import { postureOf } from '../../domain/trends/posture.ts';
import type {
  HeatMapAnswer,
  PostureAnswer,
  TrendQuestion,
  TrendScope,
  TrendSource,
  UnitsAnswer,
} from '../../domain/trends/trend-answers.ts';
import { unitsOf } from '../../domain/trends/units.ts';
import type { Database } from '../database.ts';
import { answerBounds, answerDays } from './answer-days.ts';
import { createMarkReader } from './mark-store.ts';
import { type TotalSource, totalDays, totalSources } from './total-days.ts';
import { unitSums } from './unit-sums.ts';

/**
 * Trends over all nodes, from what this node has stored: releases of blind totals or, where there
 * are none, saved answers. Reads only what has passed the floor.
 */
export interface TrendReader {
  /** Totals first, newest first. */
  readonly sources: () => readonly TrendSource[];
  /** @throws CaroError `not_found` for a name or a block that there is not; so do the next two. */
  readonly posture: (question: TrendQuestion) => PostureAnswer;
  readonly heatMap: (question: TrendQuestion) => HeatMapAnswer;
  readonly units: (question: TrendQuestion) => UnitsAnswer;
}

export function createTrendReader(database: Database): TrendReader {
  return {
    sources: () => [...totalSources(database).map(withoutTasks), ...answerSources(database)],
    posture: (question) => {
      const scope = scopeOf(database, question);
      const { now, before } = spansOf(database, scope);
      const [first = ''] = before.map(({ day }) => day);
      const marks = createMarkReader(database)
        .list()
        .filter((mark) => mark.last >= first && mark.first <= scope.until);
      return { ...shown(scope), posture: postureOf(now, before), marks };
    },
    heatMap: (question) => {
      const scope = scopeOf(database, question);
      const { now, before } = spansOf(database, scope);
      return { ...shown(scope), techniques: heatMapOf(now, before) };
    },
    units: (question) => {
      const scope = scopeOf(database, question);
      const { source } = scope;
      // Saved answers have no units.
      return { ...shown(scope), units: source.source === 'totals' ? unitsOf(unitSums(database, source, scope)) : [] };
    },
  };
}

type Source = TotalSource | (TrendSource & { readonly source: 'answers' });
type Scope = Omit<TrendScope, 'source'> & { readonly source: Source };

const withoutTasks = ({ source, name, floor, blocks, first, last }: Source): TrendSource => ({
  source,
  name,
  floor,
  blocks,
  first,
  last,
});
const shown = ({ source, ...scope }: Scope): TrendScope => ({ ...scope, source: withoutTasks(source) });

function answerSources(database: Database): readonly (TrendSource & { readonly source: 'answers' })[] {
  const bounds = answerBounds(database);
  return bounds ? [{ source: 'answers', name: 'answers', blocks: [EVERYBODY], ...bounds }] : [];
}

function scopeOf(database: Database, { name, block = EVERYBODY, until, days }: TrendQuestion): Scope {
  const sources: readonly Source[] = [...totalSources(database), ...answerSources(database)];
  const source = name === undefined ? sources[0] : sources.find((one) => one.name === name);
  if (!source)
    throw new CaroError(
      'not_found',
      name === undefined
        ? 'expected totals or saved answers, there are none; see: caro blind totals, caro mesh history'
        : `expected one of the sources ${sources.map((one) => one.name).join(', ') || '(there are none)'}`,
    );
  if (block !== EVERYBODY && !source.blocks.includes(block))
    throw new CaroError('not_found', `expected one of the blocks ${listed(source.blocks)}`);
  return { source, block, until: until ?? source.last, days };
}

const MOST_LISTED = 8;
const listed = (names: readonly string[]): string =>
  names.length > MOST_LISTED
    ? `${names.slice(0, MOST_LISTED).join(', ')} … (${names.length} in all; see: caro posture)`
    : names.join(', ');

interface Spans {
  readonly now: readonly FigureDay[];
  readonly before: readonly FigureDay[];
}

function spansOf(database: Database, { source, block, until, days }: Scope): Spans {
  const both = { until, days: 2 * days };
  const known = source.source === 'totals' ? totalDays(database, source, block, both) : answerDays(database, both);
  const all = wholeSpan(known, both);
  return { now: all.slice(days), before: all.slice(0, days) };
}
