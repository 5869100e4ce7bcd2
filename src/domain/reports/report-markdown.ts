import { agentSentence } from '../trends/agent-share.ts';
import type { Report } from './report.ts';
import { changeText, countText, NO_FIGURES, ofMembers, rateText, spanText, titleOf } from './report-words.ts';

/** Lines of GitHub's Markdown. */
export function reportMarkdown(report: Report): readonly string[] {
  const { coverage, risky, agents, top, techniques, trend, marks, source } = report;
  return [
    `# ${titleOf(report)}`,
    '',
    `${spanText(report)} (${report.period}), made ${report.generatedAt.slice(0, 10)} by Caro mesh ${report.version}`,
    '',
    '## Coverage',
    '',
    `- Nodes behind the newest figures: ${countText(coverage.contributors)}${ofMembers(coverage)}`,
    `- Days with figures: ${coverage.knownDays} of ${report.days}`,
    `- Source: ${source.source === 'totals' ? 'released totals' : 'saved answers'}, at least ${source.floor} nodes for each figure`,
    '',
    '## Risky commands',
    '',
    `**${rateText(risky.rate)}** per 1,000 commands, before ${rateText(risky.before)}, change ${changeText(risky.change)}`,
    '',
    ...paragraph(coverage.knownDays === 0 ? NO_FIGURES : agentSentence(agents)),
    ...table(
      ['from', 'to', 'per 1,000', 'nodes'],
      trend.map((point) => [point.first, point.last, rateText(point.rate), countText(point.contributors)]),
    ),
    ...marks.map(({ label, ...span }) => `- ${spanText(span)}: ${escaped(label)}`),
    ...(marks.length === 0 ? [] : ['']),
    '## Kinds of risk',
    '',
    ...table(
      ['family', 'per 1,000', 'before', 'change', 'most nodes a day'],
      top.map((kind) => [
        ...[kind.family, rateText(kind.rate), rateText(kind.before), changeText(kind.change), countText(kind.nodes)],
      ]),
    ),
    '## ATT&CK v19 techniques',
    '',
    ...table(
      ['technique', 'name', 'tactic', 'node days', 'change'],
      techniques.map((one) => [
        ...[one.technique, escaped(one.name), one.tactic, countText(one.nodeDays), changeText(one.change)],
      ]),
    ),
    '## Method',
    '',
    ...report.method.map((line) => `- ${line}`),
    '',
    '## Limits',
    '',
    ...report.limits.map((line) => `- ${line}`),
  ];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ['None is known.', ''];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line), ''];
}

/** The label of a mark is free text: every character of Markdown or HTML is escaped. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>&~]/g, '\\$&');

const paragraph = (text: string | null): readonly string[] => (text === null ? [] : [text, '']);
