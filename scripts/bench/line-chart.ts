/**
 * Line charts as SVG without a library: panels in two columns, readable in light and dark themes.
 * The same input gives the same bytes, so that a new measurement makes a small diff.
 */
export interface Series {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  /** With its unit. */
  readonly xLabel: string;
  readonly yLabel: string;
  /** A log scale shows 0 left of a gap, without a line to the next point. */
  readonly xScale: 'linear' | 'log';
  /** At most two. */
  readonly series: readonly Series[];
  /** Dashed horizontal lines: requirements and targets. */
  readonly limits: readonly { readonly label: string; readonly value: number }[];
}

type Scale = (value: number) => number;

const WIDTH = 440;
const HEIGHT = 300;
const AREA = { left: 62, right: WIDTH - 54, top: 86, bottom: HEIGHT - 52 } as const;
const CLASSES = ['one', 'two'] as const;

const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #59636e }
.title { font-size: 14px; font-weight: 600; fill: #1f2328 }
.value { font-weight: 600; fill: #1f2328 }
.ground { fill: #ffffff }
.grid { stroke: #d8dee4 }
.axis { stroke: #818b98 }
.limit { stroke: #818b98; stroke-dasharray: 5 4 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
.one { stroke: #2a6fc9 } .two { stroke: #c2571a }
.dot.one { fill: #2a6fc9 } .dot.two { fill: #c2571a } .dot { stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 }
  .title, .value { fill: #f0f6fc }
  .ground { fill: #0d1117 }
  .grid { stroke: #2b323b }
  .axis, .limit { stroke: #7d8590 }
  .one { stroke: #5b9df0 } .two { stroke: #f0883e }
  .dot.one { fill: #5b9df0 } .dot.two { fill: #f0883e }
}`;

/** `description` is the text for screen readers. */
export function lineCharts(description: string, panels: readonly Panel[]): string {
  const columns = Math.min(2, panels.length);
  const [width, height] = [columns * WIDTH, Math.ceil(panels.length / columns) * HEIGHT];
  const drawn = panels.flatMap((panel, index) => [
    `<g transform="translate(${(index % columns) * WIDTH} ${Math.floor(index / columns) * HEIGHT})">`,
    ...drawPanel(panel),
    '</g>',
  ]);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(description)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...drawn,
    '</svg>',
  ].join('\n')}\n`;
}

function drawPanel(panel: Panel): readonly string[] {
  const points = panel.series.flatMap((series) => series.points);
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const { ticks, top } = valueTicks(
    Math.max(0, ...points.map(([, y]) => y), ...panel.limits.map(({ value }) => value)),
  );
  const y: Scale = (value) => AREA.bottom - (value / top) * (AREA.bottom - AREA.top);
  const { x, marks } = panel.xScale === 'log' ? logScale(xs) : linearScale(xs);
  return [
    text(16, 26, panel.title, 'title'),
    ...legend(panel.series),
    text(16, AREA.top - 14, panel.yLabel),
    ...ticks.flatMap((tick) => [
      line('grid', AREA.left, y(tick), AREA.right, y(tick)),
      text(AREA.left - 8, y(tick) + 4, short(tick), '', 'end'),
    ]),
    ...horizontalAxis(marks, x, panel),
    ...panel.limits.flatMap(({ label, value }) => [
      line('limit', AREA.left, y(value), AREA.right, y(value)),
      text(AREA.left + 4, y(value) - 5, label),
    ]),
    ...panel.series.flatMap((series, index) => drawSeries(series, CLASSES[index] ?? 'one', { x, y, panel })),
    ...lastValues(panel.series, y),
  ];
}

function horizontalAxis(marks: readonly number[], x: Scale, { xScale, xLabel }: Panel): readonly string[] {
  const isBroken = xScale === 'log' && marks[0] === 0;
  const from = isBroken ? x(marks[1] ?? 0) - 14 : AREA.left;
  const gap = `${coordinate(from - 8)} ${AREA.bottom + 5}l6 -10m4 0l-6 10`;
  return [
    line('axis', from, AREA.bottom, AREA.right, AREA.bottom),
    ...(isBroken
      ? [line('axis', AREA.left, AREA.bottom, from - 6, AREA.bottom), `<path class="axis line" d="M${gap}"/>`]
      : []),
    ...marks.map((mark) => text(x(mark), AREA.bottom + 18, short(mark), '', 'middle')),
    text((AREA.left + AREA.right) / 2, AREA.bottom + 38, xLabel, '', 'middle'),
  ];
}

function legend(series: readonly Series[]): readonly string[] {
  let left = 16;
  return series.flatMap(({ label }, index) => {
    const at = left;
    left += 44 + label.length * 6.6;
    return [line(`line ${CLASSES[index] ?? 'one'}`, at, 45, at + 18, 45), text(at + 24, 49, label)];
  });
}

interface Drawing {
  readonly x: Scale;
  readonly y: Scale;
  readonly panel: Panel;
}

function drawSeries({ points }: Series, name: string, { x, y, panel }: Drawing): readonly string[] {
  const joined = points.filter(([value]) => panel.xScale === 'linear' || value > 0);
  const path = joined.map(([px, py]) => `${coordinate(x(px))},${coordinate(y(py))}`).join(' ');
  return [
    `<polyline class="line ${name}" points="${path}"/>`,
    ...points.map(
      ([px, py]) => `<circle class="dot ${name}" cx="${coordinate(x(px))}" cy="${coordinate(y(py))}" r="3.5"/>`,
    ),
  ];
}

/** The values at the right end, moved apart where they would overlap. */
function lastValues(series: readonly Series[], y: Scale): readonly string[] {
  const ends = series
    .flatMap(({ points }) => points.slice(-1).map(([, value]) => ({ value, at: y(value) + 4 })))
    .sort((a, b) => a.at - b.at);
  let least = 0;
  return ends.map(({ value, at }) => {
    const place = Math.max(at, least);
    least = place + 14;
    return text(AREA.right + 8, place, short(value), 'value');
  });
}

/** About five round values, from 0 to the first that is not below `highest`. */
function valueTicks(highest: number): { readonly ticks: readonly number[]; readonly top: number } {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.ceil((highest * 1.02) / step);
  return { ticks: Array.from({ length: count + 1 }, (_, index) => index * step), top: count * step };
}

function linearScale(xs: readonly number[]): { readonly x: Scale; readonly marks: readonly number[] } {
  const highest = xs.at(-1) ?? 1;
  return { x: (value) => AREA.left + 8 + (value / highest) * (AREA.right - AREA.left - 16), marks: xs };
}

function logScale(xs: readonly number[]): { readonly x: Scale; readonly marks: readonly number[] } {
  const positive = xs.filter((value) => value > 0);
  const from = Math.floor(Math.log10(positive[0] ?? 1));
  const to = Math.ceil(Math.log10(positive.at(-1) ?? 10));
  const hasZero = xs[0] === 0;
  const decades = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
  const steps = to - from + (hasZero ? 1 : 0);
  const place = (value: number): number => (value === 0 ? 0 : Math.log10(value) - from + (hasZero ? 1 : 0));
  return {
    x: (value) => AREA.left + 8 + (place(value) / steps) * (AREA.right - AREA.left - 16),
    marks: [...(hasZero ? [0] : []), ...decades],
  };
}

/** Three digits, four from 1,000; `10 k` and `1 M` for larger values. */
function short(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))} M`;
  if (value >= 10_000) return `${Number((value / 1_000).toPrecision(3))} k`;
  return Number(value.toPrecision(value < 1_000 ? 3 : 4)).toLocaleString('en');
}

const coordinate = (value: number): string => String(Math.round(value * 10) / 10);
const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function line(name: string, ...ends: readonly [x1: number, y1: number, x2: number, y2: number]): string {
  const [x1, y1, x2, y2] = ends.map(coordinate);
  return `<line class="${name}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

function text(x: number, y: number, words: string, name = '', anchor = 'start'): string {
  const attributes = [name === '' ? '' : ` class="${name}"`, anchor === 'start' ? '' : ` text-anchor="${anchor}"`];
  return `<text x="${coordinate(x)}" y="${coordinate(y)}"${attributes.join('')}>${escaped(words)}</text>`;
}
