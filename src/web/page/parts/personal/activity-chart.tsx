import { useEffect, useRef, useState } from 'preact/hooks';
import type { LocalStatistics } from '../../data/contract.ts';
import { count, shortDay, timeOfDay } from '../../model/format.ts';
import { type Bar, bars, type Range } from '../../model/ranges.ts';
import { Panel } from '../common/panel.tsx';
import { WORST_FIRST } from '../common/risk-mark.tsx';
import type { Plot } from './bar-plot.ts';

interface ActivityChartProps {
  readonly statistics: LocalStatistics;
  readonly range: Range;
  readonly now: Date;
}

const TITLES: Readonly<Record<Range, string>> = {
  today: 'Commands over the day',
  week: 'Commands over the week',
  month: 'Commands over four weeks',
};
const STEPS: Readonly<Record<Range, string>> = { today: 'per quarter hour', week: 'per hour', month: 'per day' };

/** Commands over time, by risk. The plotting code is loaded when first shown. */
export function ActivityChart({ statistics, range, now }: ActivityChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const [under, setUnder] = useState<number | null>(null);
  const data = bars(range, statistics.slots, now);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    let gone = false;
    import('./bar-plot.ts').then(
      ({ makeBarPlot }) => {
        if (gone || !place.current) return;
        plot.current = makeBarPlot(place.current, setUnder);
        plot.current.show(latest.current);
      },
      () => undefined,
    );
    return () => {
      gone = true;
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => plot.current?.show(data), [statistics, range]);
  const pointed = under === null ? undefined : data[under];
  return (
    <Panel
      title={TITLES[range]}
      class="span-8 tall"
      aside={<span class="quiet nums">{pointed ? describe(pointed, range) : STEPS[range]}</span>}
    >
      <div class="plot" ref={place} role="img" aria-label={summary(data, range)} />
      <p class="legend quiet">
        {WORST_FIRST.map((level) => (
          <span key={level}>
            <span class={`key fill-${level}`} /> {level}
          </span>
        ))}
      </p>
    </Panel>
  );
}

function describe(bar: Bar, range: Range): string {
  const when =
    range === 'month'
      ? shortDay(bar.start)
      : `${range === 'week' ? `${shortDay(bar.start)} ` : ''}${timeOfDay(bar.start)}–${timeOfDay(bar.end)}`;
  const unknown = bar.count - bar.ended;
  const failed = `${count(bar.failures)} failed${unknown === 0 ? '' : `, ${count(unknown)} of unknown outcome`}`;
  const risky = bar.high + bar.critical;
  return `${when}: ${count(bar.count)} commands, ${risky === 0 ? '' : `${count(risky)} risky, `}${failed}`;
}

/** The chart in words, for screen readers. */
function summary(data: readonly Bar[], range: Range): string {
  const busiest = data.reduce<Bar | null>((most, bar) => (bar.count > (most?.count ?? 0) ? bar : most), null);
  return busiest
    ? `${TITLES[range]}, ${STEPS[range]}. Busiest: ${describe(busiest, range)}.`
    : `${TITLES[range]}: none yet.`;
}
