import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodePauses, encodeHookPause, encodePauses, type Pause, pauseAt } from '../../domain/spool/pause.ts';
import { replacePrivately } from '../../platform/files/private-file.ts';

export interface PausePlaces {
  /** File of all pauses. */
  readonly pauses: string;
  readonly spool: string;
}

/** In the spool while a pause is in force; shell hooks look for it. */
const FLAG = '.pause';

export interface Pauses {
  readonly read: () => readonly Pause[];
  /** Keeps them, and tells the hooks whether one is in force. */
  readonly write: (pauses: readonly Pause[], nowMs: number) => void;
  /** Removes what tells the hooks, if the pause is over. */
  readonly expire: (nowMs: number) => void;
}

/** Works with and without the service. A file that cannot be read holds no pause. */
export function openPauses({ pauses: file, spool }: PausePlaces): Pauses {
  const flag = join(spool, FLAG);
  let known: { readonly version: string; readonly pauses: readonly Pause[] } = { version: '', pauses: [] };
  const read = (): readonly Pause[] => {
    const version = versionOf(file);
    if (version !== known.version) known = { version, pauses: version === '' ? [] : pausesIn(file) };
    return known.pauses;
  };
  const tell = (pauses: readonly Pause[], nowMs: number): void => {
    const pause = pauseAt(pauses, nowMs);
    if (pause === null) rmSync(flag, { force: true });
    else replacePrivately(flag, encodeHookPause(pause));
  };
  return {
    read,
    write: (pauses, nowMs) => {
      replacePrivately(file, encodePauses(pauses));
      tell(pauses, nowMs);
    },
    expire: (nowMs) => {
      try {
        if (versionOf(flag) !== '' && pauseAt(read(), nowMs) === null) rmSync(flag, { force: true });
      } catch {
        // The hooks read in it that the pause is over.
      }
    },
  };
}

/** Changes with the content; empty where there is no file that can be looked at. */
function versionOf(file: string): string {
  try {
    const facts = statSync(file, { throwIfNoEntry: false });
    return facts === undefined ? '' : `${facts.ino} ${facts.mtimeMs} ${facts.size}`;
  } catch {
    return '';
  }
}

function pausesIn(file: string): readonly Pause[] {
  try {
    return decodePauses(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}
