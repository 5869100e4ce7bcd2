import type { Report } from './report.ts';
import { reportCsv } from './report-csv.ts';
import { reportHtml } from './report-html.ts';
import { reportMarkdown } from './report-markdown.ts';

export const REPORT_FORMATS = ['html', 'csv', 'json', 'md'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

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
