import { EVERYBODY } from '../blind/total-floor.ts';
import type { Report } from './report.ts';
import { reportCsv } from './report-csv.ts';
import { reportHtml } from './report-html.ts';
import { reportMarkdown } from './report-markdown.ts';

export const REPORT_FORMATS = ['html', 'csv', 'json', 'md'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Media types with their parameters. */
export const REPORT_MEDIA: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
};

/** `caro-report-2026-11-01-month.html`; a unit's name may hold a slash. */
export function reportFileName({ first, period, block }: Report, format: ReportFormat): string {
  const unit = block === EVERYBODY ? '' : `-${block.replaceAll('/', '-')}`;
  return `caro-report-${first}-${period}${unit}.${format}`;
}

/** Lines without their ends. */
export function renderReport(report: Report, format: ReportFormat): readonly string[] {
  switch (format) {
    case 'html':
      return reportHtml(report).trimEnd().split('\n');
    case 'csv':
      return reportCsv(report);
    case 'json':
      return [JSON.stringify(report)];
    case 'md':
      return reportMarkdown(report);
  }
}
