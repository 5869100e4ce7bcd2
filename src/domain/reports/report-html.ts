/**
 * One page for a board: a single file without scripts, fonts or links, for a screen and for A4
 * paper. Everything in it is escaped.
 */

import { agentSentence } from '../trends/agent-share.ts';
import { escapeHtml } from './escape-html.ts';
import type { NamedTechnique, Report } from './report.ts';
import { trendSvg } from './report-chart.ts';
import { changeText, countText, NO_FIGURES, ofMembers, rateText, spanText, titleOf } from './report-words.ts';

const STYLE = `
:root{color-scheme:light;--ink:#1b1f24;--quiet:#57606a;--line:#d0d7de;--bad:#b42318;--good:#1a7f37;--accent:#0b5cad}
*{box-sizing:border-box}body{margin:0 auto;max-width:190mm;padding:8mm 4mm;font:9.5pt/1.3 system-ui,sans-serif;color:var(--ink);background:#fff}
h1{font-size:17pt;margin:0}h2{font-size:11pt;margin:3mm 0 1mm;border-bottom:1px solid var(--line)}p{margin:0 0 1mm}.quiet{color:var(--quiet)}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:3mm;margin:3mm 0}.tile{border:1px solid var(--line);border-radius:2mm;padding:2mm 3mm}
.tile b{display:block;font-size:15pt}.tile span{color:var(--quiet);font-size:8.5pt}
table{border-collapse:collapse;width:100%;font-size:8.5pt}th{white-space:nowrap}td:first-child{white-space:nowrap}th,td{text-align:left;padding:.6mm 2mm .6mm 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--quiet);font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums}.up{color:var(--bad)}.down{color:var(--good)}
ul{margin:0;padding-left:4.5mm;font-size:8pt;color:var(--quiet)}.two{display:grid;grid-template-columns:1fr 1fr;gap:6mm}svg{width:100%;height:auto;display:block}
.bar{display:inline-block;height:2.4mm;background:var(--accent);vertical-align:middle;border-radius:.5mm}
@page{size:A4;margin:9mm 12mm}@media print{body{padding:0;max-width:none}h2{margin-top:2mm;break-after:avoid}tr,.tile{break-inside:avoid}}
@media (max-width:600px){.tiles,.two{grid-template-columns:1fr 1fr}}`;

/** A Content Security Policy in the file: nothing is fetched, wherever it is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export function reportHtml(report: Report): string {
  const title = `${titleOf(report)}, ${spanText(report)}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}
</style>
</head>
<body>
<header>
<h1>${escapeHtml(titleOf(report))}</h1>
<p class="quiet">${escapeHtml(`${spanText(report)} (${report.period}), made ${report.generatedAt.slice(0, 10)} by Caro mesh ${report.version}`)}</p>
</header>
<main>
${tiles(report)}
<section><h2>Risky commands per 1,000</h2>
${trendSvg(report)}
</section>
<section><h2>Five kinds of risk</h2>
${kinds(report)}
</section>
<section><h2>ATT&amp;CK v19 by tactic</h2>
${tactics(report.techniques)}
</section>
<div class="two">
<section><h2>Method</h2>${listOf(report.method)}</section>
<section><h2>Limits</h2>${listOf(report.limits)}</section>
</div>
</main>
</body>
</html>
`;
}

function tiles({ coverage, risky, agents, levels, days }: Report): string {
  const share = coverage.knownDays === 0 ? NO_FIGURES : agentSentence(agents);
  const critical = levels.find(({ level }) => level === 'critical');
  const tile = (value: string, what: string): string =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(what)}</span></div>`;
  return `<section class="tiles" aria-label="Overview">
${tile(rateText(risky.rate), `risky commands per 1,000; before ${rateText(risky.before)}`)}
${tile(changeText(risky.change), 'change against the period before')}
${tile(rateText(critical?.rate ?? null), `of critical risk per 1,000; change ${changeText(critical?.change ?? null)}`)}
${tile(countText(coverage.contributors), `nodes behind the newest figures${ofMembers(coverage)}; ${coverage.knownDays} of ${days} days known`)}
</section>${
    share === null
      ? ''
      : `
<p>${escapeHtml(share)}</p>`
  }`;
}

function kinds({ top }: Report): string {
  if (top.length === 0) return '<p>None is known.</p>';
  const rows = top.map(
    (kind) =>
      `<tr><td>${escapeHtml(kind.family)}</td><td class="n">${rateText(kind.rate)}</td><td class="n">${rateText(kind.before)}</td>${changeCell(kind.change)}<td class="n">${countText(kind.nodes)}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">family</th><th scope="col" class="n">per 1,000</th><th scope="col" class="n">before</th><th scope="col" class="n">change</th><th scope="col" class="n">most nodes a day</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`;
}

const changeCell = (change: number | null): string => {
  const direction = change === null || Math.round(change * 100) === 0 ? '' : change > 0 ? ' up' : ' down';
  return `<td class="n${direction}">${escapeHtml(changeText(change))}</td>`;
};

/** Techniques that are named for each tactic; the rest is counted. */
const NAMED = 2;

function tactics(techniques: readonly NamedTechnique[]): string {
  if (techniques.length === 0) return '<p>No technique is known: none matched, or this source has none.</p>';
  const byTactic = new Map<string, NamedTechnique[]>();
  for (const one of techniques) byTactic.set(one.tactic, [...(byTactic.get(one.tactic) ?? []), one]);
  const sums = [...byTactic].map(([tactic, all]) => ({
    tactic,
    all,
    sum: all.reduce((sum, { nodeDays }) => sum + (nodeDays ?? 0), 0),
  }));
  const most = Math.max(1, ...sums.map(({ sum }) => sum));
  const rows = sums
    .sort((a, b) => b.sum - a.sum)
    .map(({ tactic, all, sum }) => {
      const named = all.slice(0, NAMED).map(({ technique, name }) => `${technique} ${name}`);
      const more = all.length > NAMED ? `, and ${all.length - NAMED} more` : '';
      return `<tr><td>${escapeHtml(tactic)}</td><td class="n">${countText(sum)}</td><td><span class="bar" style="width:${((18 * sum) / most).toFixed(1)}mm"></span></td><td>${escapeHtml(named.join(', ') + more)}</td></tr>`;
    });
  return `<table><thead><tr><th scope="col">tactic</th><th scope="col" class="n">node days</th><th scope="col"><span aria-hidden="true">share</span></th><th scope="col">most frequent techniques</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`;
}

const listOf = (lines: readonly string[]): string =>
  `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
