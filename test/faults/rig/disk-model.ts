/** What a disk may hold after a power cut, out of what `shim/fault-shim.c` wrote down. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Kinds of the shim's `enum kind`, and the head before each: kind, inode, number, length of what
 * follows.
 */
const KINDS = ['', 'create', 'write', 'sync', 'truncate', 'rename', 'unlink', 'mkdir', 'link', 'syncFolder'] as const;
const HEAD = 21;
/** Disks write so many bytes whole or not at all. */
const SECTOR = 512;

interface Change {
  readonly kind: (typeof KINDS)[number];
  readonly inode: bigint;
  /** Where bytes were written, or the size a file was cut to. */
  readonly number: number;
  readonly data: Buffer;
}

export function readRecord(file: string): readonly Change[] {
  const bytes = readFileSync(file);
  const changes: Change[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 17);
    changes.push({
      kind: KINDS[bytes.readUInt8(at)] ?? '',
      inode: bytes.readBigUInt64LE(at + 1),
      number: Number(bytes.readBigUInt64LE(at + 9)),
      data: bytes.subarray(at + HEAD, at + HEAD + length),
    });
    at += HEAD + length;
  }
  return changes;
}

interface File {
  /** As of the last sync. */
  synced: Buffer;
  pending: Change[];
}

type Dice = (below: number) => number;

/**
 * Changes the copy `home` of what was there at first into what may be left after a power cut behind
 * the first `count` changes: all that was synced, and of the rest what chance keeps. Names change
 * in the order of a journal, so that a beginning of their changes survives, at least up to the last
 * sync of a folder; contents go sector by sector.
 *
 * @param root where the recorded program had it
 */
export function cutPower(changes: readonly Change[], count: number, root: string, home: string, dice: Dice): void {
  const files = new Map<bigint, File>();
  const steps: (() => void)[] = [];
  const names = new Map<string, File | null>();
  let certain = 0;
  for (const change of changes.slice(0, count)) {
    const [first = '', second = ''] = change.data.toString().split('\0');
    switch (change.kind) {
      case 'create': {
        const made: File = { synced: Buffer.alloc(0), pending: [] };
        files.set(change.inode, made);
        steps.push(() => names.set(first, made));
        break;
      }
      case 'rename':
      case 'link':
        steps.push(() => {
          const moved = names.get(first);
          if (moved) names.set(second, moved);
          if (change.kind === 'rename') names.set(first, null);
        });
        break;
      case 'unlink':
        steps.push(() => names.set(first, null));
        break;
      case 'write':
      case 'truncate':
        files.get(change.inode)?.pending.push(change);
        break;
      case 'sync':
        settle(files.get(change.inode));
        break;
      case 'syncFolder':
        certain = steps.length;
        break;
      // Folders are made where a file needs one.
      case 'mkdir':
      case '':
        break;
    }
  }
  for (const step of steps.slice(0, certain + dice(steps.length - certain + 1))) step();
  const place = (name: string): string => join(home, relative(root, name));
  for (const [name, file] of names) {
    if (file === null) rmSync(place(name), { force: true });
    // The index of SQLite's journal is memory, not disk.
    else if (!name.endsWith('-shm')) write(place(name), survived(file, dice));
  }
}

function settle(file: File | undefined): void {
  if (!file) return;
  file.synced = file.pending.reduce(applied, file.synced);
  file.pending = [];
}

/** None, all, a beginning, or a choice of sectors of what was not synced. */
function survived({ synced, pending }: File, dice: Dice): Buffer {
  const mode = dice(4);
  if (mode === 0) return synced;
  if (mode === 1) return pending.reduce(applied, synced);
  if (mode === 2) return pending.slice(0, dice(pending.length + 1)).reduce(applied, synced);
  return pending
    .flatMap((change) => (change.kind === 'truncate' ? [change] : sectors(change)))
    .filter(() => dice(2) === 0)
    .reduce(applied, synced);
}

function sectors(change: Change): Change[] {
  const parts: Change[] = [];
  for (let at = 0; at < change.data.length; at += SECTOR)
    parts.push({ ...change, number: change.number + at, data: change.data.subarray(at, at + SECTOR) });
  return parts;
}

function applied(content: Buffer, { kind, number, data }: Change): Buffer {
  if (kind === 'truncate')
    return Buffer.concat([content.subarray(0, number), Buffer.alloc(Math.max(0, number - content.length))]);
  const size = Math.max(content.length, number + data.length);
  const next = Buffer.alloc(size);
  content.copy(next);
  data.copy(next, number);
  return next;
}

function write(file: string, content: Buffer): void {
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, content, { mode: 0o600 });
}
