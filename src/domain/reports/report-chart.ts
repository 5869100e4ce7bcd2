import { escapeHtml } from './escape-html.ts';
import type { Report } from './report.ts';
import { rateText, spanText } from './report-words.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [720, 150, 34, 20, 14];

/** The trend as bars; a point that is not known has none, and says so. */
export function trendSvg({ trend, previous, marks }: Report): string {
  const rates = [...trend, ...previous].flatMap(({ rate }) => rate ?? []);
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
  const known = previous.flatMap(({ rate }) => rate ?? []);
  const mean = known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0) / known.length;
  const before =
    mean === null
      ? ''
      : `<line x1="${LEFT}" x2="${WIDTH}" y1="${y(mean).toFixed(1)}" y2="${y(mean).toFixed(1)}" stroke="#57606a" stroke-dasharray="4 3"/><text x="${LEFT - 4}" y="${(y(mean) + 3).toFixed(1)}" text-anchor="end">${escapeHtml(rateText(mean))}</text>`;
  const words = trend.map((point) => `${spanText(point)}: ${rateText(point.rate)}`).join('; ');
  const noted = marks.map(({ label, ...span }) => `${spanText(span)} ${label}`).join('; ');
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`Risky commands per 1,000. ${words}`)}" font-size="9" fill="#57606a">
<line x1="${LEFT}" x2="${WIDTH}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}" stroke="#d0d7de"/>
${bars.join('\n')}
${before}
</svg>
<p class="quiet">Dashed: mean of the period before.${noted === '' ? '' : escapeHtml(` Events: ${noted}.`)}</p>`;
}
