import type { AuditCheckpoint, AuditRecord } from '../domain/audit-record.ts';
import { CaroError } from '../domain/errors.ts';

/** An exported log (FR-905): JSON lines, a head line, then every record and every checkpoint, oldest first. */
export interface AuditExport {
  readonly node: string;
  readonly records: readonly AuditRecord[];
  readonly checkpoints: readonly AuditCheckpoint[];
}

const FORMAT = 'caro.audit.v1';

export function* encodeAuditExport(
  node: string,
  records: Iterable<AuditRecord>,
  checkpoints: readonly AuditCheckpoint[],
): Generator<string> {
  yield JSON.stringify({ format: FORMAT, node });
  for (const record of records) yield JSON.stringify({ record });
  for (const checkpoint of checkpoints) yield JSON.stringify({ checkpoint });
}

/** @throws CaroError `usage` naming the line that is not part of an export. */
export function decodeAuditExport(text: string): AuditExport {
  const [head, ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const start = parseLine(head ?? '', 1);
  if (start['format'] !== FORMAT || typeof start['node'] !== 'string') {
    throw new CaroError(
      'usage',
      `line 1: expected the head of an audit export ("format": "${FORMAT}"), got something else`,
    );
  }
  const records: AuditRecord[] = [];
  const checkpoints: AuditCheckpoint[] = [];
  for (const [index, line] of lines.entries()) {
    const value = parseLine(line, index + 2);
    if (isObject(value['record'])) records.push(value['record'] as unknown as AuditRecord);
    else if (isObject(value['checkpoint'])) checkpoints.push(value['checkpoint'] as unknown as AuditCheckpoint);
    else throw new CaroError('usage', `line ${index + 2}: expected a record or a checkpoint, got something else`);
  }
  return { node: start['node'], records, checkpoints };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function parseLine(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch {
    // Reported below with what was expected.
  }
  throw new CaroError('usage', `line ${number}: expected a line of an audit export (JSON), got something else`);
}
