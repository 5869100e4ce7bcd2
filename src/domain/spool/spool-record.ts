/**
 * What a shell hook appends to its spool file (docs/hooks.md, FR-401, FR-402): NUL `v1` NUL,
 * `tag=value` fields each ended by NUL, one more NUL. No quoting: every byte but NUL stands for
 * itself, and no field is empty, so NUL NUL ends a record.
 */

import type { AgentAuthor } from '../events/author.ts';
import { type HistoryEntries, historyEntries } from '../events/history-text.ts';
import { SHELLS, type ShellKind } from '../events/shell-kind.ts';
import { agentRecord } from './agent-record.ts';
import { bytesToText, textToBytes } from './lossless-utf8.ts';

/** One command's start, its end, or both in one. Times are integers in µs since the epoch. */
export interface SpoolRecord {
  readonly type: 'start' | 'end' | 'both';
  /**
   * Number of the command in its session, from 0; a start and an end with the same number belong
   * together.
   */
  readonly command: number;
  /** Absent where the shell has no clock without a fork: take the time of arrival. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** How coarse the clock behind both times is, in µs: 1, 10 000 or 1 000 000. */
  readonly granularity: number;
  /** As the shell measured it, in ms; more exact than the difference of coarse times. */
  readonly durationMs?: number;
  /**
   * Exit status 0 … 255; absent where it cannot be known (in a start; in lines pasted together).
   */
  readonly status?: number;
  /**
   * Working directory when the command started. `lossless-utf8.ts` says how bytes that are not
   * UTF-8 are kept.
   */
  readonly cwd?: string;
  /**
   * The command, verbatim. In a start and a both; never begins with white space, which makes a
   * command private.
   */
  readonly text?: string;
  /** Of an import whose owner wants retention to count from the import on. */
  readonly kept?: true;
  /**
   * The agent that ran it, and its session; its time is that of the file, which holds one record.
   */
  readonly agent?: AgentAuthor & { readonly session: string };
}

export interface DecodedSpool {
  readonly records: readonly SpoolRecord[];
  /** Bytes that need not be read again: all but an incomplete last record. */
  readonly consumed: number;
  /** Number of skipped pieces: torn records, unknown versions, bad fields, other bytes. */
  readonly foreign: number;
  /**
   * Records that the hooks say they could not write, without those that are set aside here because
   * they were cut short.
   */
  readonly lost: number;
}

/** In the name of a file of an agent's hook, instead of a shell. */
export const AGENT_SPOOL = 'agent';

const SPOOLERS = [...SHELLS, AGENT_SPOOL] as const;

export interface SpoolName {
  readonly shell: ShellKind | typeof AGENT_SPOOL;
  /** `IMPORT_PID` where `caro import` wrote the file. */
  readonly pid: number;
  /** Makes the session unique among those with this pid: its start in µs since the epoch. */
  readonly start: number;
  readonly seq: number;
}

/** In the name of a file of `caro import`; no process has it. */
export const IMPORT_PID = 0;

/** Above it a hook does not count what it could not write; no record says more. */
const MAX_LOST = 999_999;

/** A record that has not ended after this many bytes is none. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;

const MARK = Buffer.from('\0v1\0', 'latin1');
const VERSION = 'v1';
const TYPES = new Map([
  ['s', 'start'],
  ['e', 'end'],
  ['b', 'both'],
] as const);
const LETTERS = { start: 's', end: 'e', both: 'b' } as const;

/**
 * Name of a session's file, `<shell>.<pid>.<start>.<seq>`; undefined for anything else, such as the
 * hooks' scratch files.
 */
export function parseSpoolName(name: string): SpoolName | undefined {
  const parts = /^([a-z]+)\.(\d{1,10})\.(\d{1,16})\.(\d{1,10})$/.exec(name);
  const shell = SPOOLERS.find((kind) => kind === parts?.[1]);
  if (!parts || shell === undefined) return undefined;
  return { shell, pid: Number(parts[2]), start: Number(parts[3]), seq: Number(parts[4]) };
}

/**
 * Name of a session's scratch file, `.<shell>.<pid>.<start>`, with `.feed` behind it for dash's
 * input; undefined for anything else.
 */
export function parseScratchName(name: string): Omit<SpoolName, 'seq'> | undefined {
  const session = /^\.(.+?)(?:\.feed)?$/.exec(name)?.[1];
  return session === undefined ? undefined : parseSpoolName(`${session}.0`);
}

/**
 * One record as a hook writes it where it holds the text itself (tag `c`), with how many before it
 * could not be written. Throws RangeError for text that holds a NUL, and for a number that no hook
 * counts.
 */
export function encodeSpoolRecord(record: SpoolRecord, { lost = 0 }: { readonly lost?: number } = {}): Buffer {
  if (!Number.isInteger(lost) || lost < 0 || lost > MAX_LOST)
    throw new RangeError(`expected 0 to ${MAX_LOST} lost records, got ${lost}`);
  const fields: [string, string | number | undefined][] = [
    ['l', lost === 0 ? undefined : lost],
    ['t', LETTERS[record.type]],
    ['q', record.command],
    ['b', record.startedAt],
    ['s', record.status],
    ['e', record.endedAt],
    ['d', record.durationMs],
    ['g', record.granularity === 1 ? undefined : record.granularity],
    ['p', record.cwd],
    ['k', record.kept ? 1 : undefined],
    ['c', record.text],
  ];
  const text = fields.flatMap(([tag, value]) => (value === undefined ? [] : [`${tag}=${String(value)}`]));
  if (text.some((field) => field.includes('\0'))) throw new RangeError('a spool field cannot hold NUL');
  return Buffer.concat([MARK, textToBytes(`${text.join('\0')}\0\0`)]);
}

/**
 * Reads what is there of a spool file. The tail may be torn: read it again from `consumed` when
 * more has come. Bytes that are no record are skipped up to the next record and counted. Linear in
 * the number of bytes.
 */
export function decodeSpool(bytes: Buffer): DecodedSpool {
  const records: SpoolRecord[] = [];
  let foreign = 0;
  let lost = 0;
  /** Pieces set aside since the last record: its hook may have counted them, too. */
  let before = 0;
  let at = 0;
  while (at < bytes.length) {
    const body = bodyStart(bytes, at);
    if (body === 'partial') break;
    const piece: Piece = body === 'none' ? skipped(bytes, at) : readFields(bytes, at, body);
    if (piece.kind === 'partial') break;
    const values = piece.kind === 'fields' ? valuesOf(piece.fields) : undefined;
    const found = values && toRecords(values);
    const untold = values && lostBefore(values);
    if (found && untold !== undefined) {
      records.push(...found.records);
      lost += found.gone + Math.max(0, untold - before);
      before = 0;
    } else {
      foreign += 1;
      before += 1;
    }
    at = piece.next;
  }
  return { records, consumed: at, foreign, lost };
}

/** `fields` are one byte a character, with NUL between them. */
type Piece =
  | { readonly kind: 'fields'; readonly fields: string; readonly next: number }
  | { readonly kind: 'foreign'; readonly next: number }
  | { readonly kind: 'partial' };

/** Where the fields begin. The NUL before `v1` may have gone into ending a torn record. */
function bodyStart(bytes: Buffer, at: number): number | 'none' | 'partial' {
  const mark = bytes[at] === 0 ? MARK : MARK.subarray(1);
  const there = bytes.subarray(at, at + mark.length);
  if (there.equals(mark)) return at + mark.length;
  return there.length < mark.length && there.equals(mark.subarray(0, there.length)) ? 'partial' : 'none';
}

/** Past foreign bytes: to the next mark, or so far that a mark just begun at the end is kept. */
function skipped(bytes: Buffer, from: number): Piece {
  const next = bytes.indexOf(MARK, from + 1);
  if (next !== -1) return { kind: 'foreign', next };
  const begun = [3, 2, 1].find(
    (size) => bytes.length - size > from && bytes.subarray(bytes.length - size).equals(MARK.subarray(0, size)),
  );
  return { kind: 'foreign', next: bytes.length - (begun ?? 0) };
}

function readFields(bytes: Buffer, start: number, body: number): Piece {
  let at = body;
  for (;;) {
    const end = bytes.indexOf(0, at);
    const size = (end === -1 ? bytes.length : end) - start;
    if (size > MAX_RECORD_BYTES) return skipped(bytes, at - 1);
    if (end === -1) return { kind: 'partial' };
    if (end === at)
      return { kind: 'fields', fields: bytes.toString('latin1', body, Math.max(body, end - 1)), next: end + 1 };
    // The record before was torn and another writer's turn came: its mark is the end of what we
    // have.
    if (end - at === VERSION.length && bytes.toString('latin1', at, end) === VERSION)
      return { kind: 'foreign', next: at - 1 };
    at = end + 1;
  }
}

/** By tag; undefined if damaged. */
function valuesOf(fields: string): ReadonlyMap<string, string> | undefined {
  const values = new Map<string, string>();
  for (const field of fields.split('\0')) {
    const tag = field.slice(0, 1);
    if (field[1] !== '=' || values.has(tag)) return undefined;
    values.set(tag, field.slice(2));
  }
  return values;
}

/** How many records before this one its hook could not write; undefined for what no hook counts. */
function lostBefore(values: ReadonlyMap<string, string>): number | undefined {
  const text = values.get('l');
  if (text === undefined) return 0;
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}

/** The records in one record's fields, and the number of commands whose text is gone. */
interface Fields {
  readonly records: readonly SpoolRecord[];
  readonly gone: number;
}

/**
 * None for a private command, several for lines pasted together; undefined if damaged.
 */
function toRecords(values: ReadonlyMap<string, string>): Fields | undefined {
  if (values.has('j')) return ofAgent(values);
  const type = (TYPES as ReadonlyMap<string, SpoolRecord['type']>).get(values.get('t') ?? '');
  const numbers = numericFields(values);
  const command = numbers?.q?.[0];
  if (numbers === undefined || command === undefined || type === undefined) return undefined;
  const cwd = values.get('p');
  if (!addUptime(values, numbers, type)) return undefined;
  const base = { type, granularity: numbers.g?.[0] ?? 1, ...(cwd ? { cwd: decoded(cwd) } : {}) };
  const duration = numbers.d?.[0];
  const timing = {
    ...(duration === undefined ? {} : { durationMs: duration }),
    ...(values.get('k') === '1' ? { kept: true as const } : {}),
  };
  if (type === 'end') return { records: [{ ...base, ...timing, command, ...timesOf(numbers, 0, 1) }], gone: 0 };
  const texts = commandTexts(values, numbers);
  if (texts === undefined) return undefined;
  const records = texts.flatMap((text, index) =>
    text === null || text === '' || /^\s/.test(text)
      ? []
      : [{ ...base, ...timing, command: command + index, ...timesOf(numbers, index, texts.length), text }],
  );
  return { records, gone: texts.filter((text) => text === null).length };
}

function ofAgent(values: ReadonlyMap<string, string>): Fields | undefined {
  const record = agentRecord(new Map([...values].map(([tag, value]) => [tag, decoded(value)])));
  if (!record) return record === null ? { records: [], gone: 0 } : undefined;
  const { agent, session, text, ...rest } = record;
  if (text !== undefined && /^\s/.test(text)) return { records: [], gone: 0 };
  const who = { agent: { ...agent, session } };
  return { records: [{ ...rest, ...who, granularity: 1, ...(text === undefined ? {} : { text }) }], gone: 0 };
}

/**
 * Bytes, one a character, as text. Most commands and directories are nothing but ASCII, and then
 * what they seem.
 */
const decoded = (bytes: string): string =>
  /^[ -~\n\t]*$/.test(bytes) ? bytes : bytesToText(Buffer.from(bytes, 'latin1'));

type Numbers = Partial<Record<'a' | 'q' | 'b' | 'e' | 's' | 'd' | 'g' | 'm' | 'z', readonly number[]>>;

/**
 * fish sends `z`, its uptime clock's zero in µs since the epoch, and `u`, the reading in seconds.
 * False if they are none.
 */
function addUptime(values: ReadonlyMap<string, string>, numbers: Numbers, type: SpoolRecord['type']): boolean {
  const zero = numbers.z?.[0];
  const uptime = values.get('u');
  if (zero === undefined || uptime === undefined) return zero === undefined && uptime === undefined;
  const parts = /^(\d{1,10})\.(\d\d)$/.exec(uptime);
  if (!parts) return false;
  numbers[type === 'start' ? 'b' : 'e'] = [zero + Number(parts[1]) * 1_000_000 + Number(parts[2]) * 10_000];
  return true;
}

/**
 * Numeric tags; `b`, `e` and `s` of pasted lines hold one number for each, separated by spaces.
 * Undefined if one is none.
 */
function numericFields(values: ReadonlyMap<string, string>): Numbers | undefined {
  const numbers: Numbers = {};
  for (const tag of ['a', 'q', 'b', 'e', 's', 'd', 'g', 'm', 'z'] as const) {
    const text = values.get(tag);
    if (text === undefined) continue;
    if (!(tag === 's' ? STATUSES : NUMBERS).test(text)) return undefined;
    const list = text.split(' ').map(Number);
    if (!list.every(Number.isSafeInteger)) return undefined;
    numbers[tag] = tag === 's' ? list.map(asExitStatus) : list;
  }
  return numbers;
}

const NUMBERS = /^\d{1,16}(?: \d{1,16})*$/;
const STATUSES = /^-?\d{1,16}(?: -?\d{1,16})*$/;

/**
 * Functions of zsh, ksh93 and dash may return any number, such as -1. It is what the shell would
 * end with, but a failure stays one.
 */
const asExitStatus = (status: number): number => (status === 0 ? 0 : ((status % 256) + 256) % 256 || 255);

/**
 * Start, end and status of the command at `index` of `count` texts. Where the lists do not match,
 * only the outermost are true.
 */
function timesOf(
  numbers: Numbers,
  index: number,
  count: number,
): Pick<SpoolRecord, 'startedAt' | 'endedAt' | 'status'> {
  const pick = (list: readonly number[] | undefined, otherwise: number | undefined): number | undefined =>
    list?.length === count ? list[index] : otherwise;
  const startedAt = pick(numbers.b, numbers.b?.[0]);
  const endedAt = pick(numbers.e, numbers.e?.at(-1));
  const status = pick(numbers.s, index === count - 1 ? numbers.s?.at(-1) : undefined);
  return {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(status === undefined ? {} : { status }),
  };
}

/**
 * One text for each begun command: `c` verbatim, or entries of the history. Empty for a command
 * whose line is not in the history, null for one whose entries have been removed since.
 */
function commandTexts(values: ReadonlyMap<string, string>, numbers: Numbers): readonly (string | null)[] | undefined {
  const verbatim = values.get('c');
  if (verbatim !== undefined) return [decoded(verbatim)];
  const history = values.get('h');
  const printed = history === undefined ? undefined : historyEntries(decoded(history), numbers.m?.[0] ?? 1);
  if (printed === undefined) return undefined;
  if (numbers.a) return numberedTexts(printed, numbers.a);
  // A record must not use more command numbers than the hook counted.
  const { texts } = printed;
  return texts.length > (numbers.b?.length ?? 1) ? [texts.join('\n')] : texts;
}

/**
 * `pairs` holds the first and the last entry of each command; 0 0 stands for none. No entry belongs
 * to two commands, so that the texts are never longer than what was printed.
 */
function numberedTexts({ first, texts }: HistoryEntries, pairs: readonly number[]): readonly (string | null)[] {
  const found: (string | null)[] = [];
  let next = first;
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [from = 0, to = 0] = pairs.slice(index, index + 2);
    const isThere = from >= next && to >= from && to < first + texts.length;
    if (to === 0) found.push('');
    else found.push(isThere ? texts.slice(from - first, to - first + 1).join('\n') : null);
    if (isThere) next = to + 1;
  }
  return found;
}
