import { useState } from 'preact/hooks';
import { ApiError, change } from './api.ts';

export interface Change {
  readonly isBusy: boolean;
  readonly trouble: string | null;
  /** Resolves to whether it succeeded. */
  readonly run: (path: string, body: unknown) => Promise<boolean>;
}

/** Makes one change at a time, and has the error of the last one. */
export function useChange(onDone: () => void, onLocked: () => void): Change {
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const run = async (path: string, body: unknown): Promise<boolean> => {
    setBusy(true);
    try {
      await change(path, body);
      setTrouble(null);
      onDone();
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
      setTrouble(error instanceof Error ? error.message : 'The service does not answer.');
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, trouble, run };
}
