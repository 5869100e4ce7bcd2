import { type Command, Option } from 'commander';
import { cefEvent, cefFinding } from '../../audit/cef.ts';
import { encodeAuditExport } from '../../audit/export.ts';
import { type Exporter, exportEvent } from '../../audit/export-event.ts';
import { ocsfEvent, ocsfFinding } from '../../audit/ocsf.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import { CaroError } from '../../domain/errors.ts';
import { readIdentity } from '../../identity/identity.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import { parseSince } from '../input/options.ts';
import { type OfflineLog, openAuditLog } from '../offline-log.ts';
import { say } from '../output/output.ts';
import { writeLines, writePrivateFile } from '../output/output-file.ts';
import { exportTiles } from './audit-tiles.ts';

const LINE_FORMATS = ['jsonl', 'json', 'ocsf', 'cef'] as const;
const FORMATS = [...LINE_FORMATS, 'tlog'] as const;
type LineFormat = (typeof LINE_FORMATS)[number];
type Format = (typeof FORMATS)[number];

const HELP = `
Formats:
  jsonl  every record and signed checkpoint, one a line; what "caro audit verify --file" checks
  json   the same as one JSON array
  ocsf   events of the Open Cybersecurity Schema Framework 1.8.0, one a line: records, and a detection finding for
         each risk rule that matched on a day and for each anomaly (ids, levels and counts, never a command)
  cef    the same in ArcSight's Common Event Format
  tlog   a directory (--out) as C2SP tlog-tiles describes it: the signed checkpoint with cosignatures, the Merkle
         tree and the records; "caro audit verify --file" checks it, and so do other programs for such logs`;

export function addExport(audit: Command, context: Context): void {
  audit
    .command('export')
    .description('print the whole log, for archives and other programs')
    .addOption(new Option('--format <format>', 'output format').choices(FORMATS).default('jsonl'))
    .option('--since <time>', 'with ocsf and cef: only since then, e.g. 7d', parseSince(context.now()))
    .option('--out <file>', 'write to this file instead, readable by you only')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      const places = context.places();
      const span = spanOf(options, context.now().getTime());
      if (options.format === 'tlog') {
        exportTiles(context, options.out);
        return;
      }
      const exporter = { node: readIdentity(places.identityKey).id, version: VERSION };
      const log = openAuditLog(places.database);
      try {
        const lines = counted(context, LINES[options.format satisfies LineFormat](log, exporter, span));
        if (options.out === undefined) {
          await writeLines(context.stdout, lines);
          return;
        }
        await writePrivateFile(options.out, lines);
        say(context, `written to ${options.out}`);
      } finally {
        log.close();
      }
    });
}

interface Options {
  readonly format: Format;
  readonly since?: string;
  readonly out?: string;
}

/** Milliseconds since the epoch. */
interface Span {
  readonly sinceMs: number;
  readonly nowMs: number;
}

function spanOf({ format, since }: Options, nowMs: number): Span {
  if (since !== undefined && format !== 'ocsf' && format !== 'cef')
    throw new CaroError(
      'usage',
      `expected --since with --format ocsf or cef, got ${format}; a log that is to be verified is exported as a whole`,
    );
  return { sinceMs: since === undefined ? 0 : Date.parse(since), nowMs };
}

type Lines = (log: OfflineLog, exporter: Exporter, span: Span) => Iterable<string>;

const LINES: Readonly<Record<LineFormat, Lines>> = {
  jsonl: (log, { node }) => encodeAuditExport(node, log.records(), log.checkpoints()),
  json: (log, { node }) => wrapped(encodeAuditExport(node, log.records(), log.checkpoints())),
  ocsf: function* (log, exporter, span) {
    for (const record of recent(log, span)) yield JSON.stringify(ocsfEvent(exportEvent(record), exporter));
    for (const finding of log.findings(span.nowMs, span.sinceMs)) yield JSON.stringify(ocsfFinding(finding, exporter));
  },
  cef: function* (log, exporter, span) {
    for (const record of recent(log, span)) yield cefEvent(exportEvent(record), exporter);
    for (const finding of log.findings(span.nowMs, span.sinceMs)) yield cefFinding(finding, exporter);
  },
};

function* recent(log: OfflineLog, { sinceMs }: Span): Generator<AuditRecord> {
  for (const record of log.records()) if (Date.parse(record.time) >= sinceMs) yield record;
}

/** The same lines as the elements of one JSON array. */
function* wrapped(lines: Iterable<string>): Generator<string> {
  let opening = '[';
  for (const line of lines) {
    yield `${opening}${line}`;
    opening = ',';
  }
  yield ']';
}

/** Lines between two updates of the progress display. */
const STEP = 10_000;

/** Shows progress on a terminal and clears that line at the end. */
function* counted({ stderr }: Context, lines: Iterable<string>): Generator<string> {
  let count = 0;
  try {
    for (const line of lines) {
      yield line;
      count += 1;
      if (stderr.isTTY === true && count % STEP === 0) stderr.write(`\r\u001b[K${count} lines`);
    }
  } finally {
    if (stderr.isTTY === true && count >= STEP) stderr.write('\r\u001b[K');
  }
}
