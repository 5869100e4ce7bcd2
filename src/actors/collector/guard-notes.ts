import { CaroError } from '../../domain/errors.ts';
import { decodeGuardNote, isGuardNoteName } from '../../domain/guard/guard-note.ts';
import type { IntakePorts } from './spool-intake.ts';

const MAX_BYTES = 2_000;
/** Earlier acts that are searched for the first note: only after a crash is it among them. */
const EARLIER = 256;

/**
 * Records in the audit log what guards did, once each. A note is removed after its record, and one
 * that cannot be recorded now stays. Something else under the name of a note is removed.
 * @param all names in the spool
 */
export async function recordGuardActs(
  { bus, spool }: Pick<IntakePorts, 'bus' | 'spool'>,
  all: readonly string[],
): Promise<void> {
  const names = all.filter(isGuardNoteName);
  if (names.length === 0) return;
  try {
    const earlier = await bus.request('audit.list', { type: 'guard.acted', limit: EARLIER });
    const recorded = new Set(earlier.map(({ details }) => details['id']));
    for (const name of names) {
      const found = spool.read(name, 0, MAX_BYTES);
      if (typeof found === 'string') continue;
      const note = decodeGuardNote(found.bytes.toString('utf8'));
      if (note && !recorded.has(note.id))
        await bus.request('audit.append', { type: 'guard.acted', details: { ...note } });
      spool.remove([name]);
    }
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
  }
}
