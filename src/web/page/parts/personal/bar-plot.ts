import uPlot from 'uplot';
import { count, timeOfDay } from '../../model/format.ts';
import type { Bar } from '../../model/ranges.ts';
import { THEME_CHANGED } from '../../model/theme.ts';

export interface Plot {
  readonly show: (data: readonly Bar[]) => void;
  readonly destroy: () => void;
}

/**
 * Bars of commands that stack their risk, in the colors of the theme. `onPoint` reports the
 * bar under the pointer.
 */
export function makeBarPlot(place: HTMLElement, onPoint: (index: number | null) => void): Plot {
  let shown: readonly Bar[] = [];
  let plot = draw(place, () => shown, onPoint);
  const resize = new ResizeObserver(() => plot.setSize(sizeOf(place)));
  resize.observe(place);
  const repaint = (): void => {
    plot.destroy();
    plot = draw(place, () => shown, onPoint);
    plot.setData(dataOf(shown));
  };
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', repaint);
  addEventListener(THEME_CHANGED, repaint);
  return {
    show: (data) => {
      shown = data;
      plot.setData(dataOf(data));
    },
    destroy: () => {
      resize.disconnect();
      system.removeEventListener('change', repaint);
      removeEventListener(THEME_CHANGED, repaint);
      plot.destroy();
    },
  };
}

/** From all commands to the critical ones. */
const STACKED = ['--fill-safe', '--fill-moderate', '--fill-high', '--fill-critical'];

/** The range from the first edge to the last, in seconds, so that no bar is cut off. */
const edges = (data: readonly Bar[]): [number, number] => [
  (data[0]?.start.getTime() ?? 0) / 1_000,
  (data.at(-1)?.end.getTime() ?? 1_000) / 1_000,
];

const sizeOf = (place: HTMLElement) => ({ width: Math.max(place.clientWidth, 200), height: place.clientHeight || 190 });

/**
 * Times in seconds at the middle of each bar. An empty bar is a gap, for which nothing is drawn.
 */
function dataOf(data: readonly Bar[]): uPlot.AlignedData {
  return [
    data.map((bar) => (bar.start.getTime() + bar.end.getTime()) / 2_000),
    // Each covers the foot of the one before, so that the parts stand on each other, the worst
    // below.
    data.map((bar) => bar.count || null),
    data.map((bar) => bar.moderate + bar.high + bar.critical || null),
    data.map((bar) => bar.high + bar.critical || null),
    data.map((bar) => bar.critical || null),
  ];
}

function draw(place: HTMLElement, shown: () => readonly Bar[], onPoint: (index: number | null) => void): uPlot {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const paths = uPlot.paths.bars?.({ size: [0.72, 44, 2], radius: 0.18 });
  const bar = (fill: string): uPlot.Series => ({
    fill,
    stroke: fill,
    width: 0,
    points: { show: false },
    ...(paths ? { paths } : {}),
  });
  const axis: uPlot.Axis = {
    stroke: colour('--quiet'),
    font: '11px system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
  };
  return new uPlot(
    {
      ...sizeOf(place),
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { range: () => edges(shown()) },
        y: { range: (_plot, _low, high) => [0, Math.max(4, high ?? 0)] },
      },
      axes: [
        { ...axis, grid: { show: false }, values: clockLabels, space: 64, size: 28 },
        {
          ...axis,
          size: 38,
          space: 34,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000],
          values: (_plot, splits) => splits.map(count),
        },
      ],
      series: [{}, ...STACKED.map((name) => bar(colour(name)))],
      hooks: { setCursor: [(self) => onPoint(self.cursor.idx ?? null)] },
    },
    [[], ...STACKED.map(() => [])],
    place,
  );
}

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/**
 * Labels: hours within a day, dates at midnight and over several days, without repetition.
 */
function clockLabels(_plot: uPlot, splits: number[]): string[] {
  const isOneDay = (splits.at(-1) ?? 0) - (splits[0] ?? 0) <= 90_000;
  return splits.map((seconds, index) => {
    const time = new Date(seconds * 1000);
    if (time.getHours() !== 0 || time.getMinutes() !== 0) return timeOfDay(time);
    if (!isOneDay) return day.format(time);
    return index === 0 ? '00:00' : '24:00';
  });
}
