/** A report as one table (RFC 4180, CRLF). Names are closed words, so that no cell is a formula. */
import type { Measure } from '../trends/measure.ts';
import type { Report } from './report.ts';

const HEAD = ['section', 'name', 'first', 'last', 'count', 'known_days', 'rate', 'rate_before', 'change', 'nodes'];

type Cell = string | number | null;

/** Lines without their end. */
export function reportCsv(report: Report): readonly string[] {
  const { first, last } = report;
  const row = (section: string, name: string, { count, days, rate, before, change }: Measure, nodes: Cell = null) => [
    ...[section, name, first, last, count, days, rate, before, change, nodes],
  ];
  const rows: readonly (readonly Cell[])[] = [
    [
      'period',
      report.period,
      first,
      last,
      null,
      report.coverage.knownDays,
      null,
      null,
      null,
      report.coverage.contributors,
    ],
    ['coverage', 'members', null, null, report.coverage.members, null, null, null, null, null],
    row('risky', 'high and critical', report.risky),
    ...(['commands', 'risky'] as const).map((what): readonly Cell[] => [
      ...['agents', `per 1,000 ${what}`, first, last, null, null, perThousand(report.agents[what])],
      ...[null, null, null],
    ]),
    ...report.levels.map((level) => row('level', level.level, level)),
    ...report.top.map((kind) => row('kind', kind.family, kind, kind.nodes)),
    ...report.techniques.map(({ technique, nodeDays, ...rest }) =>
      row('technique', technique, { ...rest, count: nodeDays }, rest.nodes),
    ),
    ...report.anomalies.map((anomaly) => row('anomaly', anomaly.kind, anomaly, anomaly.nodes)),
    ...report.trend.map((point): readonly Cell[] => [
      ...['trend', 'risky', point.first, point.last, point.risky, point.known, point.rate],
      ...[null, null, point.contributors],
    ]),
  ];
  return [HEAD, ...rows].map((cells) => `${cells.map(cellText).join(',')}\r`);
}

const cellText = (cell: Cell): string => {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const perThousand = (share: number | null): number | null => (share === null ? null : 1_000 * share);
