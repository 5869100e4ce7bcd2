import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GuardAnswer } from '../../domain/guard/guard.ts';
import { encodeGuardNote, type GuardDeed, guardNoteName, NOTED_RULES } from '../../domain/guard/guard-note.ts';
import { writePrivately } from '../../platform/files/private-file.ts';

/** More entries in the spool than this, and acts are no longer noted: nobody reads them. */
const MAX_ENTRIES = 4_096;

/**
 * Leaves a note for the audit log, which the service reads. Never throws: a full disk MUST NOT
 * change what the guard answers.
 */
export function noteAct(spool: string, author: string, did: GuardDeed, { level, rules }: GuardAnswer): void {
  try {
    if (readdirSync(spool).length > MAX_ENTRIES) return;
    const id = randomBytes(6).toString('hex');
    const note = { id, author, level: level ?? ('unrated' as const), did, rules: rules.slice(0, NOTED_RULES) };
    writePrivately(join(spool, guardNoteName(id)), encodeGuardNote(note));
  } catch {
    // Without a spool there is no node to keep the record.
  }
}
