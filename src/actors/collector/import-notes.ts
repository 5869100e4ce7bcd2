import { CaroError } from '../../domain/errors.ts';
import { decodeImportNote, type ImportNote, isImportNoteName } from '../../domain/events/import-note.ts';
import type { IntakePorts } from './spool-intake.ts';

const MAX_BYTES = 1_000;
/** Maximum number of earlier imports that are searched for a note. */
const EARLIER = 1_000;

/**
 * Records each import of a history in the audit log, once. A note is removed after its record; if
 * the record exists already, the note is only removed. A note that cannot be recorded now stays.
 * @param names names in the spool
 */
export async function recordImports(
  ports: Pick<IntakePorts, 'bus' | 'spool'>,
  names: readonly string[],
): Promise<void> {
  for (const name of names.filter(isImportNoteName)) {
    const found = ports.spool.read(name, 0, MAX_BYTES);
    if (typeof found === 'string') continue;
    const note = decodeImportNote(found.bytes.toString('utf8'));
    try {
      if (note && !(await isRecorded(ports, note))) {
        await ports.bus.request('audit.append', { type: 'history.imported', details: { ...note } });
      }
    } catch (error) {
      if (error instanceof CaroError) return;
      throw error;
    }
    ports.spool.remove([name]);
  }
}

async function isRecorded({ bus }: Pick<IntakePorts, 'bus'>, { id }: ImportNote): Promise<boolean> {
  const earlier = await bus.request('audit.list', { type: 'history.imported', limit: EARLIER });
  return earlier.some(({ details }) => details['id'] === id);
}
