import type { Mark } from '../../../../domain/trends/mark.ts';
import type { TrendPoint } from '../../../../domain/trends/posture.ts';
import { count, counted } from '../../model/format.ts';
import { perThousand, utcDay, utcDays } from '../../model/trend-words.ts';

interface TrendChartProps {
  readonly points: readonly TrendPoint[];
  /** The span before, in as many points. */
  readonly previous: readonly TrendPoint[];
  readonly marks: readonly Mark[];
}

/**
 * Risky commands per 1,000, a column for each day or week, with a line for the span before. A
 * column without figures is a hatched gap. The table below says the same in words.
 */
export function TrendChart({ points, previous, marks }: TrendChartProps) {
  const rates = [...points, ...previous].flatMap(({ rate }) => rate ?? []);
  const most = Math.max(0.001, ...rates) * 1.08;
  const nodes = Math.max(1, ...points.flatMap(({ contributors }) => contributors ?? []));
  const height = (value: number, of: number): string => `${Math.max(1, (100 * value) / of)}%`;
  return (
    <div class="trend">
      <span class="trend-top quiet nums" aria-hidden="true">
        {perThousand(most)}
      </span>
      <div class="trend-plot" aria-hidden="true">
        {points.map((point, index) => {
          const before = previous[index]?.rate ?? null;
          return (
            <div key={point.first} class="trend-column" title={titleOf(point)}>
              {point.rate === null ? (
                <i class="trend-gap" />
              ) : (
                <i
                  class={point.known < point.days ? 'trend-bar part' : 'trend-bar'}
                  style={{ height: height(point.rate, most) }}
                />
              )}
              {before !== null && <b style={{ bottom: `${(100 * before) / most}%` }} />}
            </div>
          );
        })}
        {marks.map((mark) => {
          const place = placeOf(points, mark);
          return (
            place && (
              <span key={mark.id} class={place.isLate ? 'trend-mark late' : 'trend-mark'} style={place.style}>
                <em>{mark.label}</em>
              </span>
            )
          );
        })}
      </div>
      <div class="trend-plot nodes" aria-hidden="true">
        {points.map((point) => (
          <div key={point.first} class="trend-column" title={titleOf(point)}>
            {point.contributors === null ? (
              <i class="trend-gap" />
            ) : (
              <i class="trend-nodes" style={{ height: height(point.contributors, nodes) }} />
            )}
          </div>
        ))}
      </div>
      <div class="trend-axis quiet nums" aria-hidden="true">
        <span>{utcDay(points[0]?.first ?? '')}</span>
        <span>{utcDay(points[Math.floor(points.length / 2)]?.first ?? '')}</span>
        <span>{utcDay(points.at(-1)?.last ?? '')}</span>
      </div>
      <p class="legend quiet small" aria-hidden="true">
        <span>
          <i class="trend-bar" /> risky commands per 1,000
        </span>
        {points.some(({ rate, known, days }) => rate !== null && known < days) && (
          <span>
            <i class="trend-bar part" /> not all days are known
          </span>
        )}
        <span>
          <b class="trend-before" /> the span before
        </span>
        <span>
          <i class="trend-nodes" /> nodes behind it, at most {count(nodes)}
        </span>
        <span>
          <i class="trend-gap" /> no figures
        </span>
      </p>
    </div>
  );
}

const titleOf = ({ first, last, rate, contributors, known, days }: TrendPoint): string =>
  rate === null
    ? `${utcDays(first, last)}: no figures`
    : `${utcDays(first, last)}: ${perThousand(rate)} per 1,000, ${counted(contributors ?? 0, 'node')}${known < days ? `, known on ${known} of ${counted(days, 'day')}` : ''}`;

const DAY_MS = 86_400_000;

interface MarkPlace {
  readonly style: { readonly left: string; readonly width: string };
  /** There is no room for its label to the right. */
  readonly isLate: boolean;
}

/** Null where a mark is not in the span. */
function placeOf(points: readonly TrendPoint[], { first, last }: Mark): MarkPlace | null {
  const [from, to] = [Date.parse(points[0]?.first ?? ''), Date.parse(points.at(-1)?.last ?? '') + DAY_MS];
  const [left, right] = [Math.max(from, Date.parse(first)), Math.min(to, Date.parse(last) + DAY_MS)];
  if (!(right > left)) return null;
  const start = (left - from) / (to - from);
  return {
    style: { left: `${100 * start}%`, width: `${(100 * (right - left)) / (to - from)}%` },
    isLate: start > 0.5,
  };
}

const AMOUNTS = new Set(['Risky', 'Commands']);

/** The figures of the chart, newest first, for reading and for screen readers. */
export function TrendTable({ points, previous, marks }: TrendChartProps) {
  const rows = points.map((point, index) => ({ point, before: previous[index]?.rate ?? null })).reverse();
  return (
    <details class="trend-table">
      <summary>Figures of the chart</summary>
      <div class="records">
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{(points[0]?.days ?? 1) > 1 || points.some(({ days }) => days > 1) ? 'Week' : 'Day'}</th>
              {['Per 1,000', 'Before', 'Risky', 'Commands', 'Nodes', 'Days known'].map((title) => (
                <th key={title} scope="col" class={AMOUNTS.has(title) ? 'right amount' : 'right'}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody class="nums">
            {rows.map(({ point, before }) => (
              <tr key={point.first}>
                <th scope="row">
                  {utcDays(point.first, point.last)}
                  {marks
                    .filter(({ first, last }) => first <= point.last && last >= point.first)
                    .map(({ id, label }) => (
                      <span key={id} class="quiet wrap">
                        {' '}
                        {label}
                      </span>
                    ))}
                </th>
                <td class="right">{perThousand(point.rate)}</td>
                <td class="right">{perThousand(before)}</td>
                <td class="right amount">{known(point.risky)}</td>
                <td class="right amount">{known(point.commands)}</td>
                <td class="right">{known(point.contributors)}</td>
                <td class="right">
                  {point.known} of {point.days}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const known = (value: number | null): string => (value === null ? '–' : count(value));
