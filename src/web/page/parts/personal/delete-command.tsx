import { useState } from 'preact/hooks';
import type { EventsDeleted } from '../../../../domain/events/deleted.ts';
import { change } from '../../data/api.ts';

interface DeleteCommandProps {
  readonly id: number;
  readonly onDeleted: (result: EventsDeleted) => void;
}

/** Deletes one command, after a question. */
export function DeleteCommand({ id, onDeleted }: DeleteCommandProps) {
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      onDeleted(await change<EventsDeleted>('/api/events/deletion', { ids: [id] }));
    } catch (error) {
      setBusy(false);
      setTrouble(error instanceof Error ? error.message : 'The service does not answer.');
    }
  };
  return (
    <div class="delete">
      {trouble && (
        <p class="notice" role="alert">
          {trouble}
        </p>
      )}
      {isAsking ? (
        <fieldset>
          <legend>Delete this command here, from the figures and from every backup? It cannot be undone.</legend>
          <button type="button" disabled={isBusy} onClick={() => void remove()}>
            Delete it
          </button>
          <button type="button" disabled={isBusy} onClick={() => setAsking(false)}>
            Keep it
          </button>
        </fieldset>
      ) : (
        <button type="button" onClick={() => setAsking(true)}>
          Delete …
        </button>
      )}
    </div>
  );
}

/** What was said of a deleted command. */
export function deletedText({ deleted, pending, copies }: EventsDeleted): string {
  if (deleted === 0) return 'This command had been deleted before.';
  const late = pending ? ' A backup is being made; it is deleted there within a quarter of an hour.' : '';
  const left = copies.map(({ file, reason }) => ` It is still in ${file} (${reason}): remove that file.`);
  return `Deleted. The figures follow when the page is loaded again.${late}${left.join('')}`;
}
