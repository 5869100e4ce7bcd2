import { escapeHtml } from './escape-html.ts';
import type { Report } from './report.ts';
import { rateText, spanText } from './report-words.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [720, 150, 34, 20, 14];

/** The trend as bars; a point that is not known has none, and says so. */
export function trendSvg({ trend, risky, marks }: Report): string {
  const rates = [...trend.map(({ rate }) => rate), risky.before].flatMap((rate) => rate ?? []);
  const most = Math.max(1, ...rates) * 1.1;
  const y = (rate: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - rate / most);
  const step = (WIDTH - LEFT) / Math.max(1, trend.length);
  const bars = trend.map((point, index) => {
    const x = LEFT + index * step;
    const text = `${spanText(point)}: ${rateText(point.rate)} per 1,000`;
    const bar =
      point.rate === null
        ? ''
        : `<rect x="${(x + step * 0.15).toFixed(1)}" y="${y(point.rate).toFixed(1)}" width="${(step * 0.7).toFixed(1)}" height="${(HEIGHT - BOTTOM - y(point.rate)).toFixed(1)}" fill="#0b5cad"><title>${escapeHtml(text)}</title></rect><text x="${(x + step / 2).toFixed(1)}" y="${(y(point.rate) - 3).toFixed(1)}" text-anchor="middle">${escapeHtml(rateText(point.rate))}</text>`;
    const label = point.rate === null ? `${point.first.slice(5)} ?` : point.first.slice(5);
    return `${bar}<text x="${(x + step / 2).toFixed(1)}" y="${HEIGHT - 6}" text-anchor="middle">${label}</text>`;
  });
  const { before } = risky;
  const dashed =
    before === null
      ? ''
      : `<line x1="${LEFT}" x2="${WIDTH}" y1="${y(before).toFixed(1)}" y2="${y(before).toFixed(1)}" stroke="#57606a" stroke-dasharray="4 3"/><text x="${LEFT - 4}" y="${(y(before) + 3).toFixed(1)}" text-anchor="end">${escapeHtml(rateText(before))}</text>`;
  const words = trend.map((point) => `${spanText(point)}: ${rateText(point.rate)}`).join('; ');
  const noted = marks.map(({ label, ...span }) => `${spanText(span)} ${label}`).join('; ');
  const legend = [
    ...(before === null ? [] : ['Dashed: the period before.']),
    ...(trend.some(({ rate }) => rate === null) ? ['?: not known.'] : []),
    ...(noted === '' ? [] : [`Events: ${noted}.`]),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`Risky commands per 1,000. ${words}`)}" font-size="9" fill="#57606a">
<line x1="${LEFT}" x2="${WIDTH}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}" stroke="#d0d7de"/>
${bars.join('\n')}
${dashed}
</svg>
<p class="quiet">${escapeHtml(legend.join(' '))}</p>`;
}
