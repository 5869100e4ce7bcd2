/** Installs our entries in the hook file of an agent, and removes them. */
import { isUtf8 } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CaroError } from '../../domain/errors.ts';
import type { GuardLevel } from '../../domain/guard/guard.ts';
import { replacePrivately, syncDirectory } from '../../platform/files/private-file.ts';
import type { AgentProgram } from './agent-programs.ts';
import {
  type Commands,
  type Edited,
  type EntryState,
  entryState,
  guardLevelIn,
  isOff,
  newFile,
  withEntries,
  withoutEntries,
} from './hook-entries.ts';
import { withoutInsertion } from './json-text.ts';

/** An agent's hook file as it is; `text` is null where there is none. */
export interface HookFile {
  /** Behind symbolic links. */
  readonly file: string;
  readonly text: string | null;
  readonly mode: number;
}

/** A change that was worked out and not made. */
export interface PlannedChange {
  readonly before: HookFile;
  /** Null where the file is to be removed. */
  readonly text: string | null;
  readonly insertions: Edited['insertions'];
  /** Whether the file holds nothing but our entries, and was made by us. */
  readonly created: boolean;
}

/**
 * What an installation did, so that it can be undone to the byte. It holds none of the settings.
 */
interface Receipt {
  readonly created: boolean;
  readonly after: string;
  readonly insertions: Edited['insertions'];
}

const MAX_BYTES = 4 * 1024 * 1024;
const OTHERS_WRITE = 0o022;

/** @throws CaroError `agent_settings` for a file that cannot be changed safely */
export function readHookFile(path: string): HookFile {
  const file = existsSync(path) ? realpathSync(path) : path;
  if (file === path && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    throw unusable(path, 'a link to a file that exists: make that file, or remove the link');
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) {
    if (!existsSync(dirname(file)))
      throw unusable(path, `its directory, got none: start the agent once, or check that this user runs it`);
    return { file, text: null, mode: 0o600 };
  }
  if (!stats.isFile()) throw unusable(path, 'a regular file, got another kind');
  if (stats.uid !== process.getuid?.()) throw unusable(path, 'a file of this user, got one of another');
  if ((stats.mode & OTHERS_WRITE) !== 0) throw unusable(path, 'that no other user may write it: chmod go-w it');
  if (stats.size > MAX_BYTES) throw unusable(path, `at most ${MAX_BYTES} bytes, got ${stats.size}`);
  return { file, text: textOf(path, readFileSync(file)), mode: stats.mode & 0o777 };
}

/** The text whose bytes are those of the file: any others would be replaced unseen. */
function textOf(path: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw unusable(path, 'UTF-8, got other bytes: save it as UTF-8');
  const text = bytes.toString();
  if (text.startsWith('\uFEFF')) throw unusable(path, 'UTF-8 without a byte order mark: save it without');
  return text;
}

/**
 * What installing would change; null where all entries are there. It begins with the file as it was
 * without us, so that one removal undoes all installations.
 */
export function planInstall(
  program: AgentProgram,
  path: string,
  commands: Commands,
  receipts: string,
): PlannedChange | null {
  const before = readHookFile(path);
  const { text } = before;
  const fresh = newFile(program, commands);
  const whole = { before, text: fresh, insertions: [] };
  if (text === null) return { ...whole, created: true };
  const around = (blank: string): PlannedChange => ({
    before,
    text: fresh + blank,
    insertions: [{ at: 0, text: fresh }],
    created: false,
  });
  if (text.trim() === '') return around(text);
  return readable(path, program, commands, () => {
    if (entryState(text, program, commands) === 'installed') return null;
    const undone = undo(text, readReceipt(receiptFile(receipts, program)));
    if (undone === null) return { ...whole, created: true };
    if (undone?.trim() === '') return around(undone);
    return { before, ...withEntries(undone ?? text, program, commands), created: false };
  });
}

/** What removing our entries would change; null where there are none. */
export function planUninstall(
  program: AgentProgram,
  path: string,
  commands: Commands,
  receipts: string,
): PlannedChange | null {
  const before = readHookFile(path);
  const { text } = before;
  if (text === null) return null;
  const undone = undo(text, readReceipt(receiptFile(receipts, program)));
  if (undone !== undefined) return { before, text: undone, insertions: [], created: false };
  return readable(path, program, commands, () => {
    const rest = withoutEntries(text, program);
    return rest === text ? null : { before, text: rest, insertions: [], created: false };
  });
}

/** @throws CaroError `agent_settings` for a file that cannot be read */
export function hookState(program: AgentProgram, path: string, commands: Commands): EntryState | 'off' {
  const text = textIn(path);
  if (text === null) return 'missing';
  return readable(path, program, commands, () => {
    const state = entryState(text, program, commands);
    return state !== 'missing' && isOff(text, program) ? 'off' : state;
  });
}

/** The level of the guard's entry; null without one. @throws as `hookState` */
export function hookGuard(program: AgentProgram, path: string, commands: Commands): GuardLevel | null {
  const text = textIn(path);
  return text === null ? null : readable(path, program, commands, () => guardLevelIn(text, program));
}

function textIn(path: string): string | null {
  const text = existsSync(path) ? readHookFile(path).text : null;
  return text === null || text.trim() === '' ? null : text;
}

/**
 * Makes a change in one step, with the mode that the file had. Nothing is written where the file
 * has changed since it was read.
 * @param receipts directory of what installations did
 */
export function makeChange(
  program: AgentProgram,
  { before, text, insertions, created }: PlannedChange,
  receipts: string,
  isInstall: boolean,
): void {
  const { file, mode } = before;
  assertWritable(file, before);
  const note = receiptFile(receipts, program);
  if (!isInstall) rmSync(note, { force: true });
  if (text === null) rmSync(file);
  else replaceKeepingMode(before, text, mode);
  syncDirectory(dirname(file));
  if (!isInstall || text === null) return;
  mkdirSync(receipts, { recursive: true, mode: 0o700 });
  const receipt: Receipt = { created, after: hashOf(text), insertions };
  replacePrivately(note, `${JSON.stringify(receipt)}\n`);
}

const receiptFile = (receipts: string, { name }: AgentProgram): string => join(receipts, `${name}.json`);

/**
 * The text before the installation; null for no file, undefined where somebody changed it since.
 */
function undo(text: string, receipt: Receipt | undefined): string | null | undefined {
  if (!receipt || hashOf(text) !== receipt.after) return undefined;
  if (receipt.created) return null;
  if (receipt.insertions.length === 0) return undefined;
  let before: string | undefined = text;
  for (const insertion of receipt.insertions.toReversed())
    before = before === undefined ? undefined : withoutInsertion(before, insertion);
  return before;
}

function readReceipt(file: string): Receipt | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Receipt;
  } catch {
    return undefined;
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Root may write everything, also what its owner has protected. */
function assertWritable(file: string, { text, mode }: HookFile): void {
  if (text !== null && (mode & 0o200) === 0) throw unusable(file, 'a file that its owner may write, it is read-only');
}

function replaceKeepingMode(before: HookFile, text: string, mode: number): void {
  const { file } = before;
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.new`);
  try {
    const descriptor = openSync(draft, 'wx', mode);
    try {
      fchmodSync(descriptor, mode);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    const now = existsSync(file) ? readFileSync(file, 'utf8') : null;
    if (now !== before.text)
      throw unusable(file, 'that nobody else changes it meanwhile, it has changed: nothing was written, run it again');
    renameSync(draft, file);
  } catch (error) {
    if (error instanceof CaroError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw unusable(file, `to write it and its directory, got ${code}`, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Says where the file is not as expected, and how to add the entries by hand. */
function readable<T>(path: string, program: AgentProgram, commands: Commands, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const kind = program.comments ? 'JSON, with or without comments' : 'JSON without comments';
    throw unusable(
      path,
      `${kind}; ${error.message}; nothing was changed: correct it, or add by hand\n${newFile(program, commands)}`,
      error,
    );
  }
}

const unusable = (path: string, expected: string, cause?: unknown): CaroError =>
  new CaroError('agent_settings', `${path}: expected ${expected}`, cause === undefined ? {} : { cause });
