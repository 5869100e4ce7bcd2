import type { AuditCheckpoint, AuditRecord } from '../domain/audit/audit-record.ts';
import { CaroError } from '../domain/errors.ts';

/**
 * An exported log (FR-905): JSON lines, a head line, then every record and every checkpoint, oldest
 * first.
 */
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
    if (isRecord(value['record'])) records.push(value['record']);
    else if (isCheckpoint(value['checkpoint'])) checkpoints.push(value['checkpoint']);
    else throw new CaroError('usage', `line ${index + 2}: expected a record or a checkpoint, got something else`);
  }
  return { node: start['node'], records, checkpoints };
}

type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

const matches =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === 'string' && pattern.test(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash = matches(/^[0-9a-f]{64}$/);
const isTime = matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/**
 * Members that no hash covers would be shown next to verified ones, so there are none.
 */
const RECORD: Checks = {
  seq: isCount,
  time: isTime,
  // Not the closed list: a newer program may have written a log that this one verifies.
  type: matches(/^[a-z][a-z._-]{0,63}$/),
  peer: (value) => value === null || matches(/^[\x21-\x7e]{1,128}$/)(value),
  details: (value) => isObject(value) && !Array.isArray(value),
  prevHash: isHash,
  hash: isHash,
};
const CHECKPOINT: Checks = {
  seq: isCount,
  hash: isHash,
  time: isTime,
  prunedThrough: isCount,
  signature: matches(/^[A-Za-z0-9+/]{86}==$/),
};

const fits = (value: unknown, checks: Checks): boolean =>
  isObject(value) &&
  Object.keys(value).length === Object.keys(checks).length &&
  Object.entries(checks).every(([key, check]) => Object.hasOwn(value, key) && check(value[key]));
const isRecord = (value: unknown): value is AuditRecord => fits(value, RECORD);
const isCheckpoint = (value: unknown): value is AuditCheckpoint => fits(value, CHECKPOINT);

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
